#!/usr/bin/env bash
# Apache Kafka from Maven Central, without ZooKeeper: two brokers, the first also the controller.
# Each listens for PLAINTEXT, for SSL with a client certificate, and for SASL_SSL with PLAIN,
# SCRAM-SHA-256, SCRAM-SHA-512 (tocsin / tocsin-secret) and OAUTHBEARER (tokens without a signature).
#
#   ./kafka.sh kill   ends the second broker alone; `start` then starts it again
NAME=kafka
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
VERSION=4.3.0
HOME_DIR="$CACHE/kafka-$VERSION"
TLS="$CACHE/tls"

svc_install() { svc_cert; svc_once "kafka-$VERSION" install_jars; }
svc_check() { svc_has "kafka-$VERSION" && { svc_pick_java 17 || { echo 'needs Java 17'; exit 1; }; }; }
install_jars() {
  mkdir -p "$HOME_DIR"
  cat >"$RUN_DIR/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$VERSION</version></dependency>
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.24.3</version></dependency>
</dependencies></project>
POM
  svc_mvn copy-dependencies -DincludeScope=runtime -DoutputDirectory="$HOME_DIR/lib"
  cat >"$HOME_DIR/log4j2.xml" <<'XML'
<Configuration status="WARN"><Appenders><Console name="c"><PatternLayout pattern="%d %p %c{1} %m%n"/></Console></Appenders>
<Loggers><Root level="WARN"><AppenderRef ref="c"/></Root><Logger name="kafka.server.KafkaRaftServer" level="INFO"/></Loggers></Configuration>
XML
}

svc_start() {
  configure 1 broker,controller; configure 2 broker
  format 1 --add-scram 'SCRAM-SHA-256=[name=tocsin,password=tocsin-secret]' \
    --add-scram 'SCRAM-SHA-512=[name=tocsin,password=tocsin-secret]'
  format 2
  svc_env "KAFKA_BROKERS=$(addresses plain)" "KAFKA_SSL_BROKERS=$(addresses ssl)" \
    "KAFKA_SASL_BROKERS=$(addresses sasl)" KAFKA_USER=tocsin KAFKA_PASSWORD=tocsin-secret \
    "KAFKA_CA=$TLS/ca.pem" "KAFKA_CERT=$TLS/server.pem" "KAFKA_KEY=$TLS/server.key"
  spawn main 1; spawn second 2
  svc_wait 90 main svc_tcp_open "$(svc_port sasl1)"
  svc_wait 90 second svc_tcp_open "$(svc_port sasl2)"
}
addresses() { echo "127.0.0.1:$(svc_port "${1}1"),127.0.0.1:$(svc_port "${1}2")"; }

configure() { # NODE ROLES
  local node="$1" roles="$2" controller='' plain ssl sasl
  plain="127.0.0.1:$(svc_port "plain$node")"; ssl="127.0.0.1:$(svc_port "ssl$node")"
  sasl="127.0.0.1:$(svc_port "sasl$node")"
  if [ "$node" = 1 ]; then controller=",CONTROLLER://127.0.0.1:$(svc_port controller)"; fi
  mkdir -p "$RUN_DIR/data$node"
  cat >"$RUN_DIR/node$node.properties" <<CONF
process.roles=$roles
node.id=$node
controller.quorum.voters=1@127.0.0.1:$(svc_port controller)
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listeners=PLAINTEXT://$plain,SSL://$ssl,SASL_SSL://$sasl$controller
advertised.listeners=PLAINTEXT://$plain,SSL://$ssl,SASL_SSL://$sasl
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
ssl.keystore.type=PKCS12
ssl.keystore.location=$TLS/server.p12
ssl.keystore.password=changeit
ssl.key.password=changeit
ssl.truststore.type=PEM
ssl.truststore.location=$TLS/ca.pem
listener.name.ssl.ssl.client.auth=required
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_tocsin="tocsin-secret";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.oauthbearer.sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
super.users=User:ANONYMOUS
log.dirs=$RUN_DIR/data$node
num.partitions=1
auto.create.topics.enable=true
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
num.network.threads=2
num.io.threads=2
log.cleaner.enable=false
CONF
}

java_kafka() { svc_pick_java 17; "$SVC_JAVA_HOME/bin/java" "$@"; }
format() { # NODE option...
  local node="$1"; shift
  java_kafka -Xmx128m -XX:TieredStopAtLevel=1 -cp "$HOME_DIR/lib/*" kafka.tools.StorageTool format \
    --ignore-formatted --config "$RUN_DIR/node$node.properties" \
    --cluster-id 4L6g3nShT-eMCtK--X86sw "$@" >>"$LOG_FILE" 2>&1
}
spawn() { # ROLE NODE
  svc_pick_java 17
  svc_spawn "$1" "$SVC_JAVA_HOME/bin/java" -Xms128m -Xmx320m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    -Dlog4j2.configurationFile="$HOME_DIR/log4j2.xml" -cp "$HOME_DIR/lib/*" kafka.Kafka \
    "$RUN_DIR/node$2.properties"
}

revive() { # starts the second broker again, where only that has ended
  if svc_alive main && ! svc_alive second; then
    spawn second 2
    svc_wait 90 second svc_tcp_open "$(svc_port sasl2)"
  fi
}

case "${1:-}" in
  kill) svc_end second KILL ;;
  start) revive; svc_main start ;;
  # Asked to end, a broker waits for a controller that may be gone.
  stop) svc_end second KILL; svc_end main KILL; svc_main stop ;;
  *) svc_main "$@" ;;
esac
