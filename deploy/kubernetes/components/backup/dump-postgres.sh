#!/bin/sh
# Dumps Dagster's database into a file named by the time, then removes all but the newest dumps.
set -eu
: "${TARGET:=/backup}" "${KEEP:=14}"
umask 077
name=$(date -u +%Y-%m-%dT%H-%M-%SZ).dump
rm -f "$TARGET"/.*.part
# The connection comes from the environment (PGHOST, PGUSER, PGPASSWORD, PGDATABASE).
pg_dump --format=custom --no-owner --file="$TARGET/.$name.part"
mv "$TARGET/.$name.part" "$TARGET/$name"
# shellcheck disable=SC2012
ls -1 "$TARGET"/2*Z.dump | sort -r | tail -n +"$((KEEP + 1))" | xargs -r rm -f
echo "dumped $(du -h "$TARGET/$name" | cut -f1) to $TARGET/$name"
