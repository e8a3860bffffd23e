"""What the user said: a TOML file, the environment and flags, checked and made into one `Settings`.

load        the layers: defaults < file < environment < flags
find        which file speaks
toml        bytes → tables
read        tables → settings
schema      the file's shape (pydantic)
explain     pydantic's findings, told
values      what a value may be: one check for every source
patterns    the same of what only the file says
keys        what can be said outside the file, too
portable    settings as JSON, for child processes
view        what holds, and who said it: ``agentrec config show``
starter     the file that ``agentrec config init`` writes
price_files    files that have prices and nothing else

`load` is light: `find`, `read`, `schema` and `explain` are imported only where there is a file to read.
"""
