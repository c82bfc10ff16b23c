#!/bin/sh
# Print the first Python that can make the environment: at least 3.11, with venv and pip's own wheel.
# $PYTHON, where set, is the only candidate. Without any, one sentence on stderr says what to install; exit 1.

too_old="" no_venv=""

for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
    # A version manager's shim exists without its Python: only running it tells.
    path=$("$candidate" -c 'import sys; print(sys.executable)' 2>/dev/null) || continue
    if ! "$path" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        too_old="$path"
    elif ! "$path" -c 'import ensurepip, venv' 2>/dev/null; then
        no_venv="$path"
    else
        echo "$path"
        exit 0
    fi
done

if [ -n "$no_venv" ]; then
    echo "$no_venv cannot make environments: install its venv module (on Debian and Ubuntu: apt-get install python3-venv)." >&2
elif [ -n "$too_old" ]; then
    echo "$too_old is older than Python 3.11: install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3.11." >&2
else
    echo "No Python found: install Python 3.11 or newer with venv (on Debian and Ubuntu: apt-get install python3-venv)." >&2
fi
exit 1
