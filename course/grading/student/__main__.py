"""Start of a student process: take the channel, then serve until it closes."""

from course.grading.student.channel import Channel

if __name__ == "__main__":
    channel = Channel.take_over_standard_streams()
    from course.grading.student.agent import Agent  # the channel is safe from what this prints

    Agent().serve(channel)
