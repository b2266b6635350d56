package io.millrace.perf.load;

import io.millrace.perf.result.Latency;
import io.millrace.perf.result.Latency.Point;
import io.millrace.perf.result.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The last lines of {@code ProducerPerformance}, of the records after its warm-up.
 *
 * @param recordsPerSecond of all producers together, until the slowest was done
 * @param seconds that the slowest took
 * @param latency send to acknowledgement, whole milliseconds; with several producers, at each percentile that of the producer
 *     in the middle
 */
public record ProducerSummary(double recordsPerSecond, double seconds, Latency latency) {
    private static final Pattern LINE = Pattern.compile(
            "^(\\d+) steady state records sent, ([0-9.]+) records/sec .*?, [0-9.]+ ms avg latency, ([0-9.]+) ms max"
                    + " latency, (\\d+) ms 50th, (\\d+) ms 95th, (\\d+) ms 99th, (\\d+) ms 99\\.9th",
            Pattern.MULTILINE);

    private static final double[] PERCENTILES = {50, 95, 99, 99.9};
    private static final int FIRST_PERCENTILE_GROUP = 4;
    private static final int MAX_GROUP = 3;

    /** @throws IOException when there are not as many summaries as producers */
    public static ProducerSummary parse(String output, int producers) throws IOException {
        List<MatchResult> lines = LINE.matcher(output).results().toList();
        if (lines.size() != producers) {
            throw new IOException(lines.size() + " summaries of " + producers + " producers in: " + output);
        }
        long records = 0;
        double seconds = 0;
        for (MatchResult line : lines) {
            long sent = Long.parseLong(line.group(1));
            records += sent;
            seconds = Math.max(seconds, sent / Double.parseDouble(line.group(2)));
        }
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < PERCENTILES.length; i++) {
            int group = FIRST_PERCENTILE_GROUP + i;
            points.add(new Point(PERCENTILES[i], middle(lines, line -> Double.parseDouble(line.group(group)))));
        }
        points.add(new Point(100, middle(lines, line -> Double.parseDouble(line.group(MAX_GROUP)))));
        return new ProducerSummary(records / seconds, seconds, new Latency(records, points, null));
    }

    private static double middle(List<MatchResult> lines, ToDoubleFunction<MatchResult> value) {
        return Spread.of(lines.stream().map(value::applyAsDouble).toList()).median();
    }
}
