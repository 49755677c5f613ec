"""These tests need a Windows with the stand-in for fwpuclnt.dll: run.py makes one and runs them."""

import os

if "WFPFAST_STANDIN" not in os.environ:
    collect_ignore_glob = ["*"]
