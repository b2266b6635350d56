package io.millrace.perf.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the page's script draws. Numbers are in the unit of the axis. */
sealed interface Chart {
    String title();

    int height();

    /** What the legend explains: series and marks. */
    List<Key> keys();

    /** Chooses the function of the script. */
    @JsonProperty("kind")
    String kind();

    /**
     * An entry of a legend.
     *
     * @param style names a color of the style sheet
     * @param shape {@code box}, {@code line}, {@code dashed} or {@code tick}
     */
    record Key(String name, String style, String shape) {}

    /** A median with its range. */
    record Range(double median, double low, double high) {}

    /** A system's bars, one for each row; null where it has none. */
    record Bars(String name, String style, List<@Nullable Range> values) {}

    /** A limit that belongs to a row, drawn across its bars; null where there is none. */
    record Limit(String name, String style, List<@Nullable Double> values) {}

    /** Horizontal bars with whiskers. */
    record BarChart(String title, String axis, List<String> rows, List<Bars> series, List<Limit> limits)
            implements Chart {
        @Override
        public String kind() {
            return "bars";
        }

        @Override
        public int height() {
            return 58 + rows.size() * Math.max(44, 14 + 22 * series.size());
        }

        @Override
        public List<Key> keys() {
            return Stream.concat(
                            series.stream().map(each -> new Key(each.name, each.style, "box")),
                            limits.stream().map(each -> new Key(each.name, each.style, "tick")))
                    .toList();
        }
    }

    /** A ratio with its interval, and what chance alone does where that is known. */
    record Odds(
            double median,
            double low,
            double high,
            Verdict verdict,
            @Nullable Double noiseLow,
            @Nullable Double noiseHigh) {}

    /** Ratios of two systems, one for each row, on a logarithmic axis around 1. */
    record RatioChart(String title, String axis, List<String> rows, List<Odds> values) implements Chart {
        /** A label of more characters is likely to need a third line. */
        private static final int TWO_LINES = 48;

        @Override
        public String kind() {
            return "ratios";
        }

        @Override
        public int height() {
            boolean tall = rows.stream().anyMatch(row -> row.length() > TWO_LINES);
            return 58 + (tall ? 54 : 40) * rows.size();
        }

        @Override
        public List<Key> keys() {
            List<Key> keys = new ArrayList<>();
            for (Verdict verdict : Verdict.values()) {
                if (values.stream().anyMatch(each -> each.verdict == verdict)) {
                    keys.add(new Key(verdict.words(), verdict.key(), "line"));
                }
            }
            if (values.stream().anyMatch(each -> each.noiseLow != null)) {
                keys.add(new Key("what chance alone gave", "noise", "box"));
            }
            return keys;
        }
    }

    /** A place on a line, with the range where several rounds gave one. */
    record Point(
            double x,
            double y,
            @Nullable Double low,
            @Nullable Double high) {}

    /** A line. */
    record Line(String name, String style, boolean dashed, List<Point> points) {}

    /**
     * Lines.
     *
     * @param x what goes to the right: {@code percentile} ({@code -log10(1 - share)}), {@code linear} or {@code log}
     * @param y upwards: {@code linear} or {@code log}
     */
    record LineChart(String title, String x, String xTitle, String y, String yTitle, List<Line> lines)
            implements Chart {
        @Override
        public String kind() {
            return "lines";
        }

        @Override
        public int height() {
            return 260;
        }

        @Override
        public List<Key> keys() {
            return lines.stream()
                    .map(each -> new Key(each.name, each.style, each.dashed ? "dashed" : "line"))
                    .toList();
        }
    }
}
