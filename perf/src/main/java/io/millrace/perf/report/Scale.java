package io.millrace.perf.report;

import java.util.Locale;

/**
 * In which unit a number is best read.
 *
 * @param divisor what one of the unit is in the unit of the result files
 * @param unit in words, empty for a bare number
 */
record Scale(double divisor, String unit) {

    /** Fits numbers up to that one. */
    static Scale of(String unit, double max) {
        return switch (unit) {
            case "records/s" -> counted(max, unit);
            case "1/s" -> new Scale(1, "per second");
            case "B" -> bytes(max, "");
            case "B/s" -> bytes(max, "/s");
            case "s" -> max < 0.1 ? new Scale(0.001, "ms") : new Scale(1, "s");
            case "ms" -> max >= 10_000 ? new Scale(1000, "s") : new Scale(1, "ms");
            case "B/B" -> new Scale(1, "bytes per byte");
            default -> new Scale(1, unit);
        };
    }

    private static Scale counted(double max, String unit) {
        return max >= 1e6
                ? new Scale(1e6, "million " + unit)
                : max >= 1e4 ? new Scale(1000, "thousand " + unit) : new Scale(1, unit);
    }

    private static Scale bytes(double max, String end) {
        return max >= 2e9
                ? new Scale(1e9, "GB" + end)
                : max >= 1e6
                        ? new Scale(1e6, "MB" + end)
                        : max >= 1e3 ? new Scale(1e3, "KB" + end) : new Scale(1, "B" + end);
    }

    double of(double value) {
        return value / divisor;
    }

    /** The number alone, in this unit. */
    String number(double value) {
        return digits(value / divisor);
    }

    /** The number with its unit. */
    String text(double value) {
        return unit.isEmpty() ? number(value) : number(value) + " " + unit;
    }

    /** A number in its own best unit. */
    static String best(String unit, double value) {
        return of(unit, Math.abs(value)).text(value);
    }

    /** Three digits or more. */
    static String digits(double value) {
        double size = Math.abs(value);
        String format = size >= 100 || value == 0 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, share < 0.1 ? "%.1f %%" : "%.0f %%", 100 * share);
    }

    /** How many times as much. */
    static String times(double ratio) {
        return String.format(Locale.ROOT, ratio >= 10 ? "%.1f×" : "%.2f×", ratio);
    }
}
