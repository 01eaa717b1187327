#!/usr/bin/env bash
# Does what docs/tutorial.md says, in an empty folder: tutorial.sh PAGE PREFIX FOLDER, with the library installed in PREFIX.
# It says how long it took.
set -euo pipefail
page=$1 prefix=$2 folder=$3
here=$(cd "$(dirname "$0")" && pwd)
port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')

rm -rf "$folder" && mkdir -p "$folder"
sed "s/8080/$port/g" "$page" | awk -f "$here/tutorial.awk" > "$folder/commands.sh"
[ "$(grep -c '^must_have_said' "$folder/commands.sh")" -ge 5 ]

export CMAKE_PREFIX_PATH=$prefix TROUPE_LISTEN_PORT=$port XDG_STATE_HOME=$folder/state
said=$folder/said.txt
: > "$said"
trap 'status=$?; kill $(jobs -p) 2> /dev/null || true; wait; [ $status = 0 ] || cat "$said"; exit $status' EXIT

write() {
  mkdir -p "$(dirname "$1")"
  cat > "$1"
}
forget_what_was_said() { : > "$said"; } # what still runs goes on behind it: all append
must_have_said() {
  local line
  while IFS= read -r line; do
    grep --quiet --fixed-strings -- "$line" "$said" || { echo "the page promises: $line"; exit 1; }
  done
}

cd "$folder"
set -m # jobs have numbers, as in a shell
# shellcheck source=/dev/null
source "$folder/commands.sh"
echo "the tutorial took $SECONDS s"
