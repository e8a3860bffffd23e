"""What the user said: a TOML file, the environment and flags, checked and made into one `Settings`.

    find    which file speaks            values  what a value may be, one check for every source
    read    a file → settings            keys    what can be said outside the file, too
    schema  the file's shape (pydantic)  load    the layers: defaults < file < environment < flags
    explain pydantic's findings, told    portable  settings as JSON, for child processes

`load` is light: `find`, `read`, `schema` and `explain` are imported only where there is a file to read.
"""
