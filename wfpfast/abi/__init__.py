"""C declarations of the Windows SDK structs, for cimport; holds no code and knows no Python."""
