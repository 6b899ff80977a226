#!/bin/sh
# Writes the migration that the tables need. The generator exits 0 even when it failed, so it is
# asked a second time: only one that finds nothing more to do has done its work.
drizzle-kit generate "$@" || exit
drizzle-kit generate </dev/null 2>&1 | grep -q "nothing to migrate" && exit
echo "No migration was written: see above. A rename is asked about, and needs a terminal." >&2
exit 1
