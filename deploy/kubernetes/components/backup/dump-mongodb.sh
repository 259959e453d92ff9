#!/bin/sh
# Dumps both databases into a folder named by the time, then removes all but the newest dumps.
# A dump without an oplog is not of one instant, so the order matters: what is owed is dumped before the results that it
# is owed for, entries before the files they name, raw events last. Whatever a run writes meanwhile is then owed in the
# dump, save some reports: `wrapped rebuild --reports` after a restore makes those (docs/operating.md).
set -eu
: "${TARGET:=/backup}" "${KEEP:=14}" "${ANALYTICS:=runelite-wrapped-analytics}" "${RAW:=runelite-wrapped-raw}"
first="watermarks day_ledger day_requests plan_state player_hours report_requests stat_images"
umask 077
config=$(mktemp)
trap 'rm -f "$config"' EXIT
printf 'uri: "%s"\n' "$MONGO_BACKUP_URI" > "$config"  # not an argument: anybody on the node could read it
name=$(date -u +%Y-%m-%dT%H-%M-%SZ)
part="$TARGET/.$name.part"
rm -rf "$TARGET"/.*.part
excluded=""
for collection in $first; do
  mongodump --quiet --config "$config" --gzip --out "$part" --db "$ANALYTICS" --collection "$collection"
  excluded="$excluded --excludeCollection=$collection"
done
# shellcheck disable=SC2086
mongodump --quiet --config "$config" --gzip --out "$part" --db "$ANALYTICS" $excluded
mongodump --quiet --config "$config" --gzip --out "$part" --db "$RAW"
mv "$part" "$TARGET/$name"
# shellcheck disable=SC2012
ls -1d "$TARGET"/2*Z | sort -r | tail -n +"$((KEEP + 1))" | xargs -r rm -rf
echo "dumped $(du -sh "$TARGET/$name" | cut -f1) to $TARGET/$name"
