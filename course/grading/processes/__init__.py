"""Student processes from outside: how they begin, what they take, how they end."""
