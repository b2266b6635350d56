package io.millrace.perf.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * How long something took, many times.
 *
 * @param count how often it was timed
 * @param points ascending by percentile; what a load generator of others printed, or taken from the histogram
 * @param histogram of microseconds, as {@link Histogram#encodeIntoCompressedByteBuffer} in Base64, so that several can be
 *     added up; null where only percentiles are known
 */
public record Latency(
        long count,
        List<Point> points,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String histogram) {

    /** Enough for a curve over {@code 1 / (1 - percentile)}, which is how the tail can be seen. */
    private static final double[] PERCENTILES = {
        0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.975, 99.99, 99.995, 99.999, 100
    };

    /** Longest that a histogram of ours tells apart; what takes longer counts as this. */
    private static final long MICROS_MAX = 600_000_000;

    /**
     * A point of the distribution.
     *
     * @param percentile 0 to 100
     * @param ms that share took this long or less
     */
    public record Point(double percentile, double ms) {}

    /** An empty histogram of the kind that {@link #of(Histogram)} takes, for one thread. */
    public static Histogram newHistogram() {
        return new Histogram(MICROS_MAX, 3);
    }

    /** Adds a duration; not a negative one, which clocks of several threads can give. */
    public static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.min(MICROS_MAX, Math.max(0, nanos / 1000)));
    }

    /** @param histogram of microseconds; percentiles without a sample of their own are left out */
    public static Latency of(Histogram histogram) {
        List<Point> points = new ArrayList<>();
        for (double percentile : PERCENTILES) {
            boolean seen = percentile == 100 || histogram.getTotalCount() * (1 - percentile / 100) >= 1;
            if (seen) {
                points.add(new Point(percentile, histogram.getValueAtPercentile(percentile) / 1000.0));
            }
        }
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        byte[] bytes = new byte[length];
        buffer.flip().get(bytes);
        return new Latency(
                histogram.getTotalCount(),
                List.copyOf(points),
                Base64.getEncoder().encodeToString(bytes));
    }

    /** The histogram itself, or null where there is none. @throws IllegalArgumentException when it does not decode */
    public @Nullable Histogram decode() {
        if (histogram == null) {
            return null;
        }
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(histogram)), 0);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("not an encoded histogram: " + histogram, e);
        }
    }

    /** The time at a percentile that is among the points, else NaN. */
    public double ms(double percentile) {
        return points.stream()
                .filter(point -> point.percentile() == percentile)
                .mapToDouble(Point::ms)
                .findFirst()
                .orElse(Double.NaN);
    }
}
