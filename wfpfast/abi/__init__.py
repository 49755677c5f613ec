"""The structs of the Windows SDK, in C, and what follows from them; must not know any decoder."""
