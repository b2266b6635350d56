package io.millrace.perf.load;

import java.io.IOException;

/**
 * The last line of {@code ConsumerPerformance}.
 *
 * @param records that it has read, a few more than it was told to
 * @param recordsPerSecond from the end of the rebalance on
 */
public record ConsumerSummary(long records, double recordsPerSecond) {
    private static final int COLUMNS = 10;
    private static final int RECORDS_COLUMN = 4;
    private static final int RATE_COLUMN = 9;

    /** @throws IOException when it is no such line; says what it is */
    public static ConsumerSummary parse(String output) throws IOException {
        String last = output.lines().filter(line -> !line.isBlank()).reduce("", (before, line) -> line);
        String[] columns = last.split(", ");
        if (columns.length == COLUMNS) {
            try {
                return new ConsumerSummary(
                        Long.parseLong(columns[RECORDS_COLUMN]), Double.parseDouble(columns[RATE_COLUMN]));
            } catch (NumberFormatException e) {
                throw new IOException("no summary of a consumer: " + output, e);
            }
        }
        throw new IOException("no summary of a consumer: " + output);
    }
}
