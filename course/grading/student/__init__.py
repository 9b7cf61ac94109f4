"""The program in the student process: it runs cells and answers the referee's requests.

It holds no secret, and nothing that it says is believed beyond its form.
"""
