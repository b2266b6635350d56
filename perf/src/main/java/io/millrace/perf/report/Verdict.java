package io.millrace.perf.report;

import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.perf.result.Ratio;
import java.util.Locale;
import java.util.Optional;

/** What may be concluded from a ratio. */
enum Verdict {
    BETTER("clearly better"),
    WORSE("clearly worse"),
    UNCLEAR("no clear difference"),
    FEW("too few rounds to tell");

    /** Five pairs have 0.9375, the least that is worth a conclusion. */
    private static final double CONFIDENCE_MIN = 0.9;

    private final String words;

    Verdict(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    /** The name in the page, where it chooses a color. */
    @JsonValue
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * A difference is clear when the interval does not hold 1 and the median is beyond what two equal systems showed.
     *
     * @param noise of a system and its twin, where one took part
     */
    static Verdict of(Ratio ratio, boolean moreIsBetter, Optional<Noise> noise) {
        if (ratio.confidence() < CONFIDENCE_MIN) {
            return FEW;
        }
        boolean clear = (ratio.low() > 1 || ratio.high() < 1)
                && noise.map(band -> !band.holds(ratio.median())).orElse(true);
        if (!clear) {
            return UNCLEAR;
        }
        return (ratio.median() > 1) == moreIsBetter ? BETTER : WORSE;
    }

    /** Ratios that chance alone gives, in either direction: which of two equal systems is above the line is arbitrary. */
    record Noise(double low, double high) {
        static Noise of(Ratio twin) {
            double high = Math.max(twin.high(), 1 / twin.low());
            return new Noise(1 / Math.max(1, high), Math.max(1, high));
        }

        boolean holds(double ratio) {
            return low <= ratio && ratio <= high;
        }
    }
}
