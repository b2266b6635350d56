package io.millrace.perf.interop;

import io.millrace.perf.check.Report;
import io.millrace.perf.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Apache Kafka's console consumer in a group, its consumer for system tests, and its tool for groups. */
final class GroupToolChecks {
    private static final String GROUP = "tool-readers";
    /** Has no members: its offsets are only ever set by the tool. */
    private static final String RESET_GROUP = "tool-resets";

    private static final String TIMED = "timed";
    private static final int TIMED_RECORDS = 100;
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final DateTimeFormatter TOOL_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private final KafkaToolChecks tools;
    private final String bootstrap;
    private final Path folder;

    GroupToolChecks(KafkaToolChecks tools, String bootstrap, Path folder) {
        this.tools = tools;
        this.bootstrap = bootstrap;
        this.folder = folder;
    }

    void run(Report report) {
        report.check("ConsoleConsumer --group", this::consoleGroup);
        report.check("ConsumerGroupCommand --list, --describe", this::describe);
        report.check("ConfigCommand group", this::configs);
        report.check("ConsumerGroupCommand --reset-offsets", this::reset);
        report.check("VerifiableConsumer", this::verifiableConsumer);
        report.check("ConsumerGroupCommand on a group with a member", this::liveGroup);
        report.check("ConsumerGroupCommand --delete-offsets, --delete", this::delete);
    }

    private String consoleGroup() throws IOException {
        Command.Result first =
                Expect.ok(tools.console("one", "--group", GROUP, "--from-beginning", "--max-messages", "400"));
        Expect.contains(first, "record 100\n", "record 499\n");
        Command.Result second = Expect.ok(tools.console("one", "--group", GROUP, "--max-messages", "500"));
        Expect.contains(second, "record 500\n", "record 999\n");
        Expect.lacks(second, "record 499\n");
        return "400 records, then the other 500";
    }

    private String describe() throws IOException {
        Expect.contains(Expect.ok(groups("--list")), GROUP);
        Expect.match(Expect.ok(groups("--list", "--state", "empty")), "^(" + GROUP + "\\s+Empty)");
        Expect.match(Expect.ok(groups("--list", "--type", "classic")), "^(" + GROUP + "\\s+Classic)");
        Expect.match(Expect.ok(group("--describe")), GROUP + "\\s+one\\s+0\\s+(1000)\\s+1000\\s+0");
        Expect.contains(Expect.ok(group("--describe", "--state")), "Empty");
        Expect.contains(Expect.ok(group("--describe", "--members")), "has no active members");
        return "empty, classic, offset 1000 of 1000, no lag";
    }

    private String configs() throws IOException {
        List<String> entity = List.of("--entity-type", "groups", "--entity-name", GROUP);
        String two = "consumer.session.timeout.ms=50000,consumer.heartbeat.interval.ms=6000";
        Expect.ok(tools.config(entity, "--alter", "--add-config", two));
        Command.Result set = Expect.ok(tools.config(entity, "--describe"));
        Expect.contains(
                set,
                "consumer.session.timeout.ms=50000",
                "consumer.heartbeat.interval.ms=6000",
                "DYNAMIC_GROUP_CONFIG",
                "STATIC_BROKER_CONFIG:group.consumer.session.timeout.ms=48000");
        Expect.contains(
                Expect.ok(tools.config(List.of("--entity-type", "groups"), "--describe")),
                "Dynamic configs for group " + GROUP);
        KafkaToolChecks.refused(
                tools.config(entity, "--alter", "--add-config", "consumer.session.timeout.ms=1000"),
                "must be greater than or equal to group.consumer.min.session.timeout.ms");
        KafkaToolChecks.refused(
                tools.config(entity, "--alter", "--add-config", "retention.ms=1000"), "Unknown group config name");
        Expect.ok(tools.config(entity, "--alter", "--delete-config", "consumer.session.timeout.ms"));
        Expect.lacks(Expect.ok(tools.config(entity, "--describe")), "consumer.session.timeout.ms");
        Command.Result all = Expect.ok(tools.config(entity, "--describe", "--all"));
        Expect.contains(all, "consumer.session.timeout.ms=48000", "consumer.heartbeat.interval.ms=6000");
        return "set two, delete one, describe own and all; out of bounds and unknown are refused";
    }

    private String reset() throws IOException, InterruptedException, ExecutionException {
        Instant now = Instant.now();
        writeHourly(now);
        Expect.equal("to-offset", timed(40, 40), reset("--topic", TIMED, "--to-offset", "40", "--execute"));
        Expect.equal("dry run", timed(100, 100), reset("--topic", TIMED, "--to-latest", "--dry-run"));
        Expect.equal("to-current", timed(40, 40), reset("--all-topics", "--to-current", "--execute"));
        Expect.equal(
                "shift-by", Map.of("timed-1", 25L), reset("--topic", TIMED + ":1", "--shift-by", "-15", "--execute"));
        Expect.equal("beyond the start", timed(0, 0), reset("--topic", TIMED, "--shift-by", "-900", "--dry-run"));
        String time = TOOL_TIME.format(timeOf(60, now));
        Expect.equal("to-datetime", timed(60, 60), reset("--topic", TIMED, "--to-datetime", time, "--execute"));
        Expect.equal("by-duration", timed(90, 90), reset("--topic", TIMED, "--by-duration", "PT10H30M", "--execute"));
        Expect.equal(
                "to-earliest",
                withOne(0, 100),
                reset("--topic", TIMED, "--topic", "one", "--to-earliest", "--execute"));
        Expect.equal("to-latest", withOne(100, 1000), reset("--all-topics", "--to-latest", "--execute"));
        Command.Result export = Expect.ok(groups(
                "--group", RESET_GROUP, "--reset-offsets", "--all-topics", "--to-current", "--dry-run", "--export"));
        Expect.contains(export, "one,0,1000", "timed,0,100", "timed,1,100");
        Path plan = Files.writeString(folder.resolve("reset.csv"), "timed,0,7\ntimed,1,93\n");
        Expect.equal("from-file", timed(7, 93), reset("--from-file", plan.toString(), "--execute"));
        Command.Result result = Expect.ok(groups("--group", RESET_GROUP, "--describe", "--offsets", "--verbose"));
        Expect.match(result, RESET_GROUP + "\\s+timed\\s+0\\s+\\S+\\s+(7)\\s+100\\s+93");
        Expect.match(result, RESET_GROUP + "\\s+timed\\s+1\\s+\\S+\\s+(93)\\s+100\\s+7");
        return "in every way, planned and executed, for topics, a partition and a file";
    }

    /** One record for each hour, the newest of them an hour old, in each of two partitions. */
    private void writeHourly(Instant now) throws InterruptedException, ExecutionException {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap);
        try (Admin admin = Admin.create(settings);
                var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic(TIMED, 2, (short) 1))).all().get();
            for (int i = 0; i < TIMED_RECORDS; i++) {
                long time = timeOf(i, now).toEpochMilli();
                producer.send(new ProducerRecord<>(TIMED, 0, time, null, "a" + i));
                producer.send(new ProducerRecord<>(TIMED, 1, time, null, "b" + i));
            }
        }
    }

    private static Instant timeOf(int offset, Instant now) {
        return now.minus(Duration.ofHours(TIMED_RECORDS - offset));
    }

    private static Map<String, Long> timed(long first, long second) {
        return Map.of("timed-0", first, "timed-1", second);
    }

    private static Map<String, Long> withOne(long timed, long one) {
        return Map.of("timed-0", timed, "timed-1", timed, "one-0", one);
    }

    /** @return the new offset of each partition that the tool names */
    private Map<String, Long> reset(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("--group", RESET_GROUP, "--reset-offsets"));
        all.addAll(List.of(arguments));
        Command.Result result = Expect.ok(groups(all.toArray(String[]::new)));
        Map<String, Long> offsets = new TreeMap<>();
        result.out()
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(row -> row[0].equals(RESET_GROUP))
                .forEach(row -> offsets.put(row[1] + "-" + row[2], Long.valueOf(row[3])));
        return offsets;
    }

    private String verifiableConsumer() throws IOException {
        Command.Result result = Expect.ok(tools.tool(
                "org.apache.kafka.tools.VerifiableConsumer",
                "--topic",
                "tool",
                "--group-id",
                "verifiable-readers",
                "--max-messages",
                "6000"));
        Expect.contains(result, "\"name\":\"partitions_assigned\"", "\"name\":\"shutdown_complete\"");
        Expect.lacks(result, "\"success\":false");
        long consumed = result.out()
                .lines()
                .filter(line -> line.contains("\"name\":\"records_consumed\""))
                .mapToLong(line -> Long.parseLong(line.replaceFirst(".*?\"count\":(\\d+).*", "$1")))
                .sum();
        Expect.equal("records", 6000L, consumed);
        return "6000 records of six partitions, every commit accepted";
    }

    private String liveGroup() throws IOException, InterruptedException {
        Command member = tools.tool(
                "org.apache.kafka.tools.VerifiableConsumer", "--topic", "one", "--group-id", GROUP, "--verbose");
        try (AppProcess consumer = AppProcess.start(folder, "verifiable-consumer", member.line())) {
            consumer.awaitOutput("\"name\":\"partitions_assigned\"", LIMIT);
            Expect.match(
                    Expect.ok(group("--describe", "--offsets")),
                    "one\\s+0\\s+(1000)\\s+1000\\s+0\\s+consumer-\\S+\\s+/127");
            Expect.match(
                    Expect.ok(group("--describe", "--members", "--verbose")), "consumer-\\S+\\s+1\\s+(.*one.*0.*)$");
            Expect.match(Expect.ok(group("--describe", "--state")), "(range\\s+Stable\\s+1)\\s*$");
            Expect.contains(
                    group("--reset-offsets", "--topic", "one", "--to-earliest", "--execute")
                            .run(),
                    "is inactive, but the current state is Stable");
            Expect.contains(group("--delete-offsets", "--topic", "one").run(), "GroupSubscribedToTopic");
            Expect.contains(group("--delete").run(), "GroupNotEmptyException");
            consumer.terminate();
        }
        return "its member, assignment and state; reset and both deletions are refused";
    }

    private String delete() throws IOException {
        Expect.ok(group("--delete-offsets", "--topic", "one"));
        Expect.lacks(Expect.ok(group("--describe")), "1000");
        Expect.ok(tools.console("one", "--group", GROUP, "--from-beginning", "--max-messages", "1"));
        Expect.ok(groups("--group", GROUP, "--group", RESET_GROUP, "--delete"));
        Expect.lacks(Expect.ok(groups("--list")), GROUP, RESET_GROUP);
        return "nothing is left of both groups";
    }

    private Command group(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--group", GROUP));
        all.addAll(List.of(arguments));
        return groups(all.toArray(String[]::new));
    }

    private Command groups(String... arguments) {
        return tools.tool("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", arguments);
    }
}
