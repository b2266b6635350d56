package io.millrace.broker.cost;

/** What is counted, by the name that it has in {@code costs.txt}. */
enum Measure {
    SOCKET_READS("socket reads"),
    SOCKET_WRITES("socket writes"),
    FLUSHES("flushes"),
    FILE_WRITES("file writes"),
    FILE_WRITES_PAST_CACHE("file writes past the cache"),
    DURABLE_WRITES("durable writes"),
    SYNCS("syncs"),
    FILE_READS("file reads"),
    OTHER_FILE_CALLS("other file calls"),
    RING_ENTRIES("ring entries"),
    APPEND_WAKE_UPS("wake-ups of append"),
    COMMIT_WAKE_UPS("wake-ups of commit"),
    WORKER_WAKE_UPS("wake-ups of workers"),
    LOOP_TASKS("loop tasks from others"),
    OWN_LOOP_TASKS("loop tasks of its own"),
    LOOP_BYTES("bytes of the event loop"),
    APPEND_BYTES("bytes of append"),
    COMMIT_BYTES("bytes of commit"),
    WORKER_BYTES("bytes of workers");

    private final String title;

    Measure(String title) {
        this.title = title;
    }

    static Measure of(String title) {
        for (Measure each : values()) {
            if (each.title.equals(title)) {
                return each;
            }
        }
        throw new IllegalArgumentException("nothing is counted under the name \"" + title + "\"");
    }

    @Override
    public String toString() {
        return title;
    }
}
