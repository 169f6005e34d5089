# Runs a private RabbitMQ server for as long as the standard input is open, and removes its folder afterwards. The input closes when the process that
# started this one ends, however it ends; so no server outlives its tests. Everything listens on the loopback address only.
# Arguments: the folder with the server's programs, a folder for all that it writes, the port of AMQP, of Erlang's distribution and of Erlang's port mapper.
# Input: "restart" stops the server at once, as a crash would, and starts it again; "stop" only stops it so, "start" starts it.
bin=$1 folder=$2

export HOME="$folder" RABBITMQ_NODENAME="tasker-$3@localhost" RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$3" RABBITMQ_DIST_PORT="$4"
export RABBITMQ_MNESIA_BASE="$folder/mnesia" RABBITMQ_LOG_BASE="$folder/log" RABBITMQ_PID_FILE="$folder/pid" RABBITMQ_CONFIG_FILE="$folder/rabbitmq"
export RABBITMQ_ENABLED_PLUGINS_FILE="$folder/plugins" RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
export ERL_EPMD_PORT="$5" ERL_EPMD_ADDRESS=127.0.0.1
# The script of the server replaces itself with it then, so that its process is the one that is ended here.
export RUNNING_UNDER_SYSTEMD=true
unset NOTIFY_SOCKET

echo "[]." >"$folder/plugins"
# A disk that is almost full, or small, is no reason for a test to wait.
printf 'loopback_users = none\ndisk_free_limit.absolute = 1MB\nlog.file.level = warning\n' >"$folder/rabbitmq.conf"

start() {
  "$bin/rabbitmq-server" >>"$folder/server.log" 2>&1 </dev/null &
  server=$!
}

stop() {
  kill -KILL "$server" 2>/dev/null
  wait "$server" 2>/dev/null
}

epmd -port "$5" -address 127.0.0.1 >>"$folder/server.log" 2>&1 </dev/null &
mapper=$!
trap 'stop; kill "$mapper" 2>/dev/null' TERM INT
start
while read -r command; do
  case "$command" in
    restart) stop; start ;;
    stop) stop ;;
    start) start ;;
  esac
done
stop
kill -KILL "$mapper" 2>/dev/null
wait
cd / && rm -rf "$folder"
