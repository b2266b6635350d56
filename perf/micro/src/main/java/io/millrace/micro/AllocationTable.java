package io.millrace.micro;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What each benchmark may allocate, as committed: a line for each, its name with parameters, then bytes per operation. Immutable.
 *
 * @param bytes by the benchmark's name
 */
record AllocationTable(SortedMap<String, Long> bytes) {

    /** What JMH itself allocates, and half of the smallest object. */
    static final long TOLERANCE_BYTES = 8;

    /** What is allocated now and then falls on more or fewer operations: when a segment begins, or at a checkpoint. */
    static final double TOLERANCE_RATIO = 0.01;

    static final String REFRESH = "./millrace perf micro --allocations --refresh";

    private static final String COMMENT = "#";

    /** Makes the table of what was measured. */
    static AllocationTable of(Map<String, Double> measured) {
        SortedMap<String, Long> bytes = new TreeMap<>();
        measured.forEach((name, each) -> bytes.put(name, Math.round(each)));
        return new AllocationTable(bytes);
    }

    /** @throws IOException when it cannot be read, or a line is none of a table, which it names */
    static AllocationTable read(Path file) throws IOException {
        SortedMap<String, Long> bytes = new TreeMap<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith(COMMENT)) {
                continue;
            }
            int end = line.lastIndexOf(' ');
            try {
                bytes.put(line.substring(0, Math.max(0, end)).strip(), Long.valueOf(line.substring(end + 1)));
            } catch (NumberFormatException e) {
                throw new IOException(
                        file + " line " + (i + 1) + ": \"" + line + "\" does not end in a number of bytes", e);
            }
        }
        return new AllocationTable(bytes);
    }

    /** What {@link #read} reads. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append(
                        "# Bytes that one operation of a micro-benchmark allocates (JMH's gc.alloc.rate.norm, without the\n")
                .append("# optimising compiler, JDK 17). .ci/run fails at more than ")
                .append(TOLERANCE_BYTES)
                .append(" bytes and ")
                .append(Math.round(TOLERANCE_RATIO * 100))
                .append(" % beyond. To take over\n# new figures: ")
                .append(REFRESH)
                .append('\n');
        int width = bytes.keySet().stream().mapToInt(String::length).max().orElse(0);
        bytes.forEach((name, each) -> text.append(String.format("%-" + width + "s %8d%n", name, each)));
        return text.toString();
    }

    /** What breaks a promise of the table, in words; empty when all is well. */
    List<String> violations(Map<String, Double> measured) {
        List<String> found = new ArrayList<>();
        new TreeMap<>(measured).forEach((name, now) -> {
            Long listed = bytes.get(name);
            if (listed == null) {
                found.add(name + " allocates " + Math.round(now) + " bytes and has no line in the table");
            } else if (now > allowed(listed)) {
                found.add(name + " allocates " + Math.round(now) + " bytes per operation: " + (long) allowed(listed)
                        + " are allowed, the table says " + listed);
            }
        });
        bytes.keySet().stream()
                .filter(name -> !measured.containsKey(name))
                .forEach(name -> found.add(name + " has a line in the table, and there is no such benchmark"));
        return found;
    }

    /** What got better by more than chance, so that the table might demand it. */
    List<String> improvements(Map<String, Double> measured) {
        List<String> found = new ArrayList<>();
        new TreeMap<>(measured).forEach((name, now) -> {
            Long listed = bytes.get(name);
            if (listed != null && allowed(now) < listed) {
                found.add(name + " allocates " + Math.round(now) + " bytes where the table has " + listed);
            }
        });
        return found;
    }

    private static double allowed(double bytes) {
        return bytes + TOLERANCE_BYTES + bytes * TOLERANCE_RATIO;
    }
}
