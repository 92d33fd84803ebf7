"""Where the built page goes: a folder, a branch, a machine that rsync reaches."""
