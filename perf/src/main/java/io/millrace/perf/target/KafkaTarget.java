package io.millrace.perf.target;

import io.millrace.perf.process.Command;
import io.millrace.perf.process.Java;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.utils.AppInfoParser;

/** Apache Kafka as one KRaft node (broker and controller), from the artifacts on our own class path. */
public record KafkaTarget() implements Target {
    private static final String CLUSTER_ID = "bWlsbHJhY2UtcGVyZi1wZQ";

    @Override
    public String name() {
        return "kafka";
    }

    /** Of the clients, which come from the same release. */
    @Override
    public String version() {
        return AppInfoParser.getVersion();
    }

    /** As in {@code kafka-server-start.sh} and {@code kafka-run-class.sh}. */
    @Override
    public List<String> usualJvmOptions() {
        return List.of(
                "-Xms1g",
                "-Xmx1g",
                "-server",
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-XX:InitiatingHeapOccupancyPercent=35",
                "-XX:+ExplicitGCInvokesConcurrent",
                "-Djava.awt.headless=true");
    }

    @Override
    public void prepare(BrokerSetup setup) throws IOException {
        Files.createDirectories(setup.folder());
        writeProperties(setup);
        if (Files.exists(setup.data().resolve("meta.properties"))) {
            return;
        }
        Command.Result format = Command.of(Java.tool(
                        "kafka.tools.StorageTool",
                        "format",
                        "--cluster-id",
                        CLUSTER_ID,
                        "--config",
                        properties(setup).toString()))
                .run();
        if (!format.ok()) {
            throw new IOException("Kafka's data folder was not formatted: " + format.text());
        }
    }

    @Override
    public List<String> commandLine(BrokerSetup setup, List<String> jvmOptions) {
        List<String> line = new ArrayList<>();
        line.add(Java.executable());
        line.addAll(jvmOptions);
        line.add("-Dmillrace.perf.log=INFO");
        line.addAll(List.of(
                "-cp", Java.classPath(), "kafka.Kafka", properties(setup).toString()));
        return line;
    }

    private static Path properties(BrokerSetup setup) {
        return setup.folder().resolve("server.properties");
    }

    private static void writeProperties(BrokerSetup setup) throws IOException {
        Properties all = new Properties();
        String client = "PLAINTEXT://127.0.0.1:" + setup.port();
        all.putAll(java.util.Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@127.0.0.1:" + setup.controllerPort(),
                "listeners", client + ",CONTROLLER://127.0.0.1:" + setup.controllerPort(),
                "advertised.listeners", client,
                "controller.listener.names", "CONTROLLER",
                "log.dirs", setup.data().toString(),
                "offsets.topic.replication.factor", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1"));
        all.putAll(setup.settings());
        try (Writer out = Files.newBufferedWriter(properties(setup))) {
            all.store(out, null);
        }
    }
}
