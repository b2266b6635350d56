package io.millrace.broker.cost;

/** A request or a few whose cost is known, by the name that it has in {@code costs.txt}. */
enum Scenario {
    PRODUCE_SMALL("produce a batch of 100 bytes"),
    PRODUCE_LARGE("produce a batch of 100 KB"),
    PRODUCE_HUGE("produce a batch of 500 KB"),
    PRODUCE_SMALL_OS("produce a batch of 100 bytes, durability=os"),
    PRODUCE_LARGE_OS("produce a batch of 100 KB, durability=os"),
    PRODUCE_PIPELINED("produce 100 batches of 100 bytes, two clients with 50 requests each, while the disk is busy"),
    FETCH_SMALL("fetch a batch of 100 bytes from memory"),
    FETCH_LARGE("fetch 1 MB from memory"),
    FETCH_COLD("fetch 1 MB from the disk"),
    FETCH_PIPELINED("fetch a batch of 100 bytes from memory, 50 requests at once"),
    FETCH_WOKEN("fetch that waits, and the produce that wakes it"),
    HEARTBEAT("heartbeat of a member of a classic group"),
    CONSUMER_HEARTBEAT("heartbeat of a member of a consumer group"),
    COMMIT("commit one offset"),
    COMMIT_MANY("commit the offsets of 100 partitions");

    private final String title;

    Scenario(String title) {
        this.title = title;
    }

    static Scenario of(String title) {
        for (Scenario each : values()) {
            if (each.title.equals(title)) {
                return each;
            }
        }
        throw new IllegalArgumentException("nothing is measured under the name \"" + title + "\"");
    }

    @Override
    public String toString() {
        return title;
    }
}
