package io.millrace.perf.speed;

import io.millrace.perf.process.Command;
import io.millrace.perf.process.Java;
import io.millrace.perf.process.ProcStat;
import io.millrace.perf.target.RunningBroker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one round of one broker gave.
 *
 * @param recordsPerSecond as the load generator says it
 * @param cpuSecondsPerMillion CPU time of the broker process alone, user and kernel, for a million records
 * @param latencyMeanMs from send to acknowledgement, as the next two
 * @param latencyP50Ms median
 * @param latencyP99Ms 99th percentile
 */
record Round(
        double recordsPerSecond,
        double cpuSecondsPerMillion,
        double latencyMeanMs,
        double latencyP50Ms,
        double latencyP99Ms) {

    /** The broker's own aftermath, such as writing back, belongs to the round: it is waited for this long. */
    private static final int SETTLE_MS = 1000;

    private static final Pattern SUMMARY = Pattern.compile(
            "^(\\d+) records sent, ([0-9.]+) records/sec .*?, ([0-9.]+) ms avg latency, .*?"
                    + " (\\d+) ms 50th, \\d+ ms 95th, (\\d+) ms 99th",
            Pattern.MULTILINE);

    /** Runs the load to its end. */
    static Round run(Scenario scenario, RunningBroker broker, String topic) throws IOException, InterruptedException {
        ProcStat stat = broker.stat();
        double before = stat.cpuSeconds();
        Command.Result result = Command.of(loadLine(scenario, broker, topic)).run();
        TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
        double cpu = stat.cpuSeconds() - before;
        if (!result.ok()) {
            throw new IOException("the load ended with " + result.exit() + ": " + result.text());
        }
        return parse(result.out(), scenario.records(), cpu);
    }

    static Round parse(String output, int records, double cpuSeconds) throws IOException {
        Matcher matcher = SUMMARY.matcher(output);
        boolean found = false;
        while (matcher.find()) {
            if (Integer.parseInt(matcher.group(1)) == records) {
                found = true;
                break;
            }
        }
        if (!found) {
            throw new IOException("no summary of " + records + " records in: " + output);
        }
        return new Round(
                Double.parseDouble(matcher.group(2)),
                cpuSeconds * 1e6 / records,
                Double.parseDouble(matcher.group(3)),
                Double.parseDouble(matcher.group(4)),
                Double.parseDouble(matcher.group(5)));
    }

    private static List<String> loadLine(Scenario scenario, RunningBroker broker, String topic) {
        List<String> line = new ArrayList<>(List.of(
                Java.executable(),
                "-Xms512m",
                "-Xmx512m",
                "-cp",
                Java.classPath(),
                "org.apache.kafka.tools.ProducerPerformance",
                "--bootstrap-server",
                broker.bootstrap(),
                "--topic",
                topic,
                "--num-records",
                Integer.toString(scenario.records()),
                "--record-size",
                Integer.toString(scenario.recordBytes()),
                "--throughput",
                "-1",
                "--command-property"));
        line.addAll(scenario.producerProperties());
        return line;
    }
}
