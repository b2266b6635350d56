package io.millrace.perf.result;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;

/** A number that a round can give. In files it is known by its {@link #key()}. */
public enum Figure {
    RECORDS_PER_SECOND("recordsPerSecond", "records/s", true, "Throughput"),
    BYTES_PER_SECOND("bytesPerSecond", "B/s", true, "Throughput of record values"),
    CPU_SECONDS_PER_MILLION("cpuSecondsPerMillion", "s", false, "Broker CPU per million records"),
    CPU_SECONDS_PER_GB("cpuSecondsPerGb", "s", false, "Broker CPU per GB of record values"),
    CPU_SECONDS("cpuSeconds", "s", false, "Broker CPU"),
    CPU_PERCENT("cpuPercent", "% of a core", false, "Broker CPU"),
    RESIDENT_BYTES("residentBytes", "B", false, "Resident memory of the broker at the end of the round"),
    DISK_WRITTEN_PER_BYTE(
            "diskWrittenPerByte", "B/B", false, "Bytes to disk, of the whole machine, per byte of values"),
    PAGES_DIRTIED_PER_BYTE(
            "pagesDirtiedPerByte", "B/B", false, "Bytes of pages that the broker changed per byte of values"),
    DISK_READ_PER_BYTE("diskReadPerByte", "B/B", false, "Bytes from disk for the broker per byte of values"),
    SWITCHES_PER_THOUSAND("switchesPerThousand", "", false, "Context switches of the broker per thousand records"),
    SWITCHES_PER_SECOND("switchesPerSecond", "1/s", false, "Context switches of the broker"),
    CONNECTIONS_PER_SECOND("connectionsPerSecond", "1/s", true, "Connections accepted and first answered"),
    SLOWDOWN("slowdown", "", false, "Producer's p99 beside the reader, by its p99 alone"),
    FIRST_RECORD_MS("firstRecordMs", "ms", false, "Start of the process to the first acknowledged record");

    private final String key;
    private final String unit;
    private final boolean moreIsBetter;
    private final String title;

    Figure(String key, String unit, boolean moreIsBetter, String title) {
        this.key = key;
        this.unit = unit;
        this.moreIsBetter = moreIsBetter;
        this.title = title;
    }

    /** The name in files. */
    @JsonValue
    public String key() {
        return key;
    }

    /** Empty for a bare number. */
    public String unit() {
        return unit;
    }

    public boolean moreIsBetter() {
        return moreIsBetter;
    }

    public String title() {
        return title;
    }

    /** The figure with that key, if there is one. */
    public static Optional<Figure> known(String key) {
        return Arrays.stream(values()).filter(figure -> figure.key.equals(key)).findFirst();
    }

    @JsonCreator
    static Figure of(String key) {
        return known(key)
                .orElseThrow(() -> new IllegalArgumentException("unknown figure " + key + ": one of "
                        + Arrays.stream(values()).map(Figure::key).toList()));
    }
}
