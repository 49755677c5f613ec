/* The python.exe that the Windows Python is run by; knows only where Python begins. */
#include <stddef.h>

__declspec(dllimport) int Py_Main(int argc, wchar_t **argv);

int wmain(int argc, wchar_t **argv) { return Py_Main(argc, argv); }
