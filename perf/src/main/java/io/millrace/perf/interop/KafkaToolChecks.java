package io.millrace.perf.interop;

import io.millrace.perf.check.CheckFailed;
import io.millrace.perf.check.Report;
import io.millrace.perf.process.Command;
import io.millrace.perf.process.Java;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line tools of Apache Kafka, each in a JVM of its own as its script would start it. */
final class KafkaToolChecks {
    private static final String TOOLS = "org.apache.kafka.tools.";

    private final String bootstrap;
    private final Path folder;

    KafkaToolChecks(String bootstrap, Path folder) {
        this.bootstrap = bootstrap;
        this.folder = folder;
    }

    void run(Report report) {
        report.check("BrokerApiVersionsCommand", this::apiVersions);
        report.check("ClusterTool", this::cluster);
        report.check("TopicCommand", this::topics);
        report.check("TopicCommand refusals", this::topicRefusals);
        report.check("VerifiableProducer", this::verifiableProducer);
        report.check("ConsoleProducer, ConsoleConsumer", this::consoleProducer);
        report.check("GetOffsetShell", this::offsets);
        report.check("ConsoleConsumer --partition --offset", this::consoleOffsets);
        report.check("ConfigCommand topic", this::topicConfigs);
        report.check("ConfigCommand broker", this::brokerConfigs);
        report.check("DeleteRecordsCommand", this::deleteRecords);
        report.check("LogDirsCommand", this::logDirs);
        report.check("TransactionsCommand describe-producers", this::describeProducers);
        report.check("ProducerPerformance", this::producerPerformance);
        new GroupToolChecks(this, bootstrap, folder).run(report);
        report.check("TopicCommand --delete", this::deleteTopic);
    }

    private String apiVersions() throws IOException {
        Command.Result result = Expect.ok(tool(TOOLS + "BrokerApiVersionsCommand"));
        Expect.contains(result, "Produce(0): ", "Fetch(1): ", "Metadata(3): ", "ApiVersions(18): ");
        Expect.lacks(result, "ERROR");
        return "lists Produce, Fetch, Metadata, ApiVersions";
    }

    private String cluster() throws IOException {
        Command.Result result =
                Expect.ok(Command.of(Java.tool(TOOLS + "ClusterTool", "cluster-id", "--bootstrap-server", bootstrap)));
        return "cluster id " + Expect.match(result, "Cluster ID: (\\S{22})");
    }

    private String topics() throws IOException {
        Expect.ok(topic("--create", "--topic", "tool", "--partitions", "3", "--replication-factor", "1"));
        Expect.contains(Expect.ok(topic("--list")), "tool");
        Command.Result described = Expect.ok(topic("--describe", "--topic", "tool"));
        Expect.contains(described, "PartitionCount: 3", "ReplicationFactor: 1", "Partition: 2");
        Expect.ok(topic("--alter", "--topic", "tool", "--partitions", "6"));
        Expect.contains(Expect.ok(topic("--describe", "--topic", "tool")), "PartitionCount: 6", "Partition: 5");
        return "create with 3 partitions, list, describe, alter to 6";
    }

    private String topicRefusals() throws IOException {
        refused(topic("--create", "--topic", "tool"), "already exists");
        refused(topic("--create", "--topic", "bad/name"), "InvalidTopicException");
        refused(topic("--create", "--topic", "t3", "--replication-factor", "3"), "InvalidReplicationFactor");
        refused(topic("--alter", "--topic", "tool", "--partitions", "2"), "InvalidPartitions");
        refused(topic("--delete", "--topic", "nobody"), "does not exist");
        return "existing, bad name, replication 3, fewer partitions, unknown";
    }

    static void refused(Command command, String why) throws IOException {
        Command.Result result = command.run();
        if (result.ok()) {
            throw new CheckFailed("accepted, expected " + why);
        }
        Expect.contains(result, why);
    }

    private String verifiableProducer() throws IOException {
        Command.Result result = Expect.ok(
                tool(TOOLS + "VerifiableProducer", "--topic", "tool", "--max-messages", "6000", "--acks", "-1"));
        Expect.contains(result, "\"name\":\"tool_data\"");
        Expect.equal("sent", "6000", Expect.match(result, "\"sent\":(\\d+)"));
        Expect.equal("acked", "6000", Expect.match(result, "\"acked\":(\\d+)"));
        return "6000 sent, 6000 acknowledged";
    }

    private String consoleProducer() throws IOException {
        Expect.ok(topic("--create", "--topic", "one", "--partitions", "1"));
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            lines.append("record ").append(i).append('\n');
        }
        Path input = Files.writeString(folder.resolve("one.txt"), lines);
        produce("one", "none", input);
        Path output = folder.resolve("one-out.txt");
        consume("one", 1000, output);
        return "1000 lines, " + Expect.sameBytes(input, output);
    }

    private String offsets() throws IOException {
        Expect.equal("end offsets", 6000, sumOfOffsets("tool"));
        Expect.equal("end", "one:0:1000", offset("one", "latest"));
        Expect.equal("start", "one:0:0", offset("one", "earliest"));
        Expect.equal("by time", "one:0:0", offset("one", "1000"));
        String max = offset("one", "max-timestamp");
        if (!max.matches("one:0:\\d{3}")) {
            throw new CheckFailed("offset of the highest timestamp: " + max);
        }
        return "6 ends sum to 6000; end 1000, start 0, by time 0, highest timestamp at " + max;
    }

    private String offset(String topic, String time) throws IOException {
        return Expect.ok(tool(TOOLS + "GetOffsetShell", "--topic", topic, "--time", time))
                .out()
                .strip();
    }

    private int sumOfOffsets(String topic) throws IOException {
        return Expect.ok(tool(TOOLS + "GetOffsetShell", "--topic", topic))
                .out()
                .lines()
                .mapToInt(line -> Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)))
                .sum();
    }

    private String consoleOffsets() throws IOException {
        Command.Result from = Expect.ok(console("one", "--partition", "0", "--offset", "10", "--max-messages", "2"));
        Expect.equal("two from 10", "record 10\nrecord 11\n", from.out());
        Command.Result end = console("one", "--partition", "0", "--offset", "latest", "--timeout-ms", "1000")
                .run();
        Expect.equal("from the end", "", end.out());
        return "two from offset 10, none from the end";
    }

    private String topicConfigs() throws IOException {
        List<String> entity = List.of("--entity-type", "topics", "--entity-name", "tool");
        Expect.ok(config(entity, "--alter", "--add-config", "retention.ms=3600000,max.message.bytes=200000"));
        Command.Result set = Expect.ok(config(entity, "--describe"));
        Expect.contains(set, "retention.ms=3600000", "max.message.bytes=200000", "DYNAMIC_TOPIC_CONFIG");
        Expect.ok(config(entity, "--alter", "--delete-config", "retention.ms"));
        Command.Result gone = Expect.ok(config(entity, "--describe"));
        Expect.contains(gone, "max.message.bytes=200000");
        Expect.lacks(gone, "retention.ms=3600000");
        Command.Result all = Expect.ok(config(entity, "--describe", "--all"));
        Expect.contains(all, "cleanup.policy=delete", "segment.bytes=1073741824", "DEFAULT_CONFIG");
        Expect.contains(Expect.ok(config(entity, "--describe", "--all")), "retention.ms=604800000");
        return "set two, delete one, describe own and all";
    }

    private String brokerConfigs() throws IOException {
        Command.Result topics = Expect.ok(topic("--describe", "--topic", "tool"));
        String broker = Expect.match(topics, "Leader: (\\d+)");
        List<String> entity = List.of("--entity-type", "brokers", "--entity-name", broker);
        Command.Result all = Expect.ok(config(entity, "--describe", "--all"));
        Expect.contains(all, "log.dirs=", "num.partitions=", "listeners=");
        return "broker " + broker + " describes log.dirs, num.partitions, listeners";
    }

    private String deleteRecords() throws IOException {
        Path json = folder.resolve("delete-records.json");
        Files.writeString(json, "{\"version\":1,\"partitions\":[{\"topic\":\"one\",\"partition\":0,\"offset\":100}]}");
        Command.Result result = Expect.ok(tool(TOOLS + "DeleteRecordsCommand", "--offset-json-file", json.toString()));
        Expect.contains(result, "partition: one-0", "low_watermark: 100");
        Expect.equal("start", "one:0:100", offset("one", "earliest"));
        Command.Result first =
                Expect.ok(console("one", "--partition", "0", "--offset", "earliest", "--max-messages", "1"));
        Expect.equal("first record", "record 100\n", first.out());
        Files.writeString(json, "{\"version\":1,\"partitions\":[{\"topic\":\"one\",\"partition\":0,\"offset\":5000}]}");
        Expect.contains(
                tool(TOOLS + "DeleteRecordsCommand", "--offset-json-file", json.toString())
                        .run(),
                "OffsetOutOfRangeException");
        return "low watermark 100, earliest 100, first record read is 100; beyond the end refused";
    }

    private String logDirs() throws IOException {
        Command.Result result = Expect.ok(tool(TOOLS + "LogDirsCommand", "--describe", "--topic-list", "tool"));
        Expect.contains(result, "\"partition\":\"tool-0\"", "\"partition\":\"tool-5\"", "\"error\":null");
        return "six partitions with their size";
    }

    private String describeProducers() throws IOException {
        Command.Result result = Expect.ok(Command.of(Java.tool(
                TOOLS + "TransactionsCommand",
                "--bootstrap-server",
                bootstrap,
                "describe-producers",
                "--topic",
                "one",
                "--partition",
                "0")));
        Expect.contains(result, "ProducerId", "LastSequence");
        return "last sequence " + Expect.match(result, "^\\d+\\s+0\\s+-1\\s+(999)\\s");
    }

    private String producerPerformance() throws IOException {
        Expect.ok(topic("--create", "--topic", "perf", "--partitions", "6"));
        Command.Result result = Expect.ok(tool(
                TOOLS + "ProducerPerformance",
                "--topic",
                "perf",
                "--num-records",
                "200000",
                "--record-size",
                "100",
                "--throughput",
                "-1",
                "--command-property",
                "acks=all"));
        String rate = Expect.match(result, "^200000 records sent, ([0-9.]+) records/sec");
        Expect.equal("end offsets", 200_000, sumOfOffsets("perf"));
        return "200000 records, end offsets sum to 200000, " + rate + " records/s";
    }

    private String deleteTopic() throws IOException {
        Expect.ok(topic("--delete", "--topic", "perf"));
        Expect.lacks(Expect.ok(topic("--list")), "perf");
        Expect.ok(topic("--create", "--topic", "perf", "--partitions", "1"));
        Expect.equal("end", "perf:0:0", offset("perf", "latest"));
        return "gone from the list; created again it is empty";
    }

    /** Each line of the file becomes a record of a topic with one partition. */
    void produce(String topic, String codec, Path file) throws IOException {
        Expect.ok(tool(TOOLS + "ConsoleProducer", "--topic", topic, "--compression-codec", codec)
                .from(file));
    }

    /** The first {@code count} records of partition 0, each followed by a newline. */
    void consume(String topic, int count, Path output) throws IOException {
        Expect.ok(console(topic, "--partition", "0", "--offset", "earliest", "--max-messages", Integer.toString(count))
                .into(output));
    }

    Command console(String topic, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--topic", topic));
        all.addAll(List.of(arguments));
        if (!all.contains("--timeout-ms")) {
            all.addAll(List.of("--timeout-ms", "20000"));
        }
        return tool(TOOLS + "consumer.ConsoleConsumer", all.toArray(String[]::new));
    }

    Command config(List<String> entity, String... arguments) {
        List<String> all = new ArrayList<>(entity);
        all.addAll(List.of(arguments));
        return tool("kafka.admin.ConfigCommand", all.toArray(String[]::new));
    }

    Command topic(String... arguments) {
        return tool(TOOLS + "TopicCommand", arguments);
    }

    Command tool(String mainClass, String... arguments) {
        List<String> line = new ArrayList<>(Java.tool(mainClass, "--bootstrap-server", bootstrap));
        line.addAll(List.of(arguments));
        return Command.of(line);
    }
}
