#!/usr/bin/env bash
# A whole day with numctl, from an empty folder to the reports of the evening.
# Needs numctl, and aiosmtpd (`pip install aiosmtpd`) as the mail server of the day.
set -euo pipefail
export NUMCTL_DB=$PWD/inventory.db NUMCTL_CONFIG=$PWD/config.toml
port=${PORT:-8025}

# A mail server on this machine, which puts each message into the folder mail/.
python3 -c 'import aiosmtpd' || { echo 'the mail server is missing: pip install aiosmtpd' >&2; exit 1; }
python3 -m aiosmtpd --nosetuid --listen "127.0.0.1:$port" --class aiosmtpd.handlers.Mailbox mail &
server=$!
trap 'kill "$server"' EXIT
until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    kill -0 "$server" || { echo "no mail server could be started on port $port" >&2; exit 1; }
    sleep 0.1
done

cat >config.toml <<END
[smtp]
host = "127.0.0.1"
port = $port
security = "none"
sender = "numctl@acme.example"

[supplier]
email = "orders@carrier.example"
phone = "+1 418 555 0100"
END

# Morning: the store, who uses numbers, and the block that the carrier has given.
numctl init --name Acme --email numbers@acme.example
numctl org add Sales --email sales@acme.example --threshold 75
numctl org add Support --email support@acme.example
numctl org add EMEA --parent Sales --email emea@acme.example
numctl series add 1418 --description 'Québec'
numctl add 14188980000..14188980199 --series 1418

# Each gets its share; Sales passes some on.
numctl allocate --series 1418 --quantity 20 --to Sales --contiguous
numctl allocate --series 1418 --quantity 50 --to Support
numctl --as Sales allocate --series 1418 --quantity 5 --to EMEA

# Users are invited, and on-board.
for user in 'Ada Moreau' 'Ben Adler' 'Zoé Lambert'; do
    numctl --as Sales assign --series 1418 --user "$user"
done
numctl register 'Ada Moreau'
numctl register 'Ben Adler'
numctl search --user '' --org Sales -o simple

# Ben leaves: his number is kept under a tag, and forwarded to Ada; then to Support; then no more.
number=$(numctl search --user 'Ben Adler' | cut -f 2)
colleague=$(numctl search --user 'Ada Moreau' | cut -f 2)
numctl release 'Ben Adler' --reserve 'left in spring' --forward-to "$colleague"
numctl forward "$number" --to 14188980020
numctl forward "$number" --remove
numctl show "$number"

# Noon: a campaign takes what Sales has left, and crosses its threshold.
numctl --as Sales reserve --series 1418 --quantity 8 --tag 'summer campaign'
numctl mail list -o simple
grep -rhi '^Subject:' mail/new

# So Sales asks the supplier for more.
numctl --as Sales request --quantity 100 --series 1418 --note 'For the summer campaign' --send
numctl request --list -o simple
grep -rhi '^To: orders@carrier.example' mail/new

# Evening: the exchange's records of the day, and both reports.
today=$(date -u +%F)
cat >usage.csv <<END
date,number,voice_incoming_seconds,voice_outgoing_seconds,messages_sent,messages_received,data_bytes
$today,$colleague,5400,1800,12,30,250000000
END
numctl usage import usage.csv
numctl report utilization --out utilization.csv
numctl report consumption --period today --by org --out consumption.csv
cat utilization.csv consumption.csv

# And everything is as it should be.
numctl check
