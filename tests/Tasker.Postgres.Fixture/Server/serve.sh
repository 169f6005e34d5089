# Runs a private PostgreSQL server for as long as the standard input is open, and removes its folder, the one above the data, afterwards. The input closes when the process
# that started this one ends, however it ends; so no server outlives its tests.
# Arguments: the folder with the server's programs, the data folder, the port, then settings for the server.
# Input: a line "restart" stops the server at once, as a crash would, and starts it again.
bin=$1 data=$2 port=$3
shift 3

start() {
  "$bin/postgres" -D "$data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= "$@" >>"$data/server.log" 2>&1 </dev/null &
  server=$!
}

trap 'kill -INT "$server" 2>/dev/null' TERM INT
start "$@"
while read -r command; do
  if [ "$command" = restart ]; then
    kill -QUIT "$server"
    wait "$server"
    start "$@"
  fi
done
kill -INT "$server" 2>/dev/null
wait "$server"
cd / && rm -rf "$(dirname "$data")"
