package io.millrace.broker.handler;

/** The kinds of things that Kafka's protocol can configure; the ids are the protocol's. */
enum ConfigResourceType {
    UNKNOWN(0),
    TOPIC(2),
    BROKER(4),
    BROKER_LOGGER(8),
    CLIENT_METRICS(16),
    GROUP(32);

    private final byte id;

    ConfigResourceType(int id) {
        this.id = (byte) id;
    }

    byte id() {
        return id;
    }

    /** {@link #UNKNOWN} for an id that means nothing. */
    static ConfigResourceType forId(byte id) {
        for (ConfigResourceType type : values()) {
            if (type.id == id) {
                return type;
            }
        }
        return UNKNOWN;
    }

    /** What to tell a client that asks for a kind that this broker has no configuration for. */
    String unsupported(byte asked) {
        String name = this == UNKNOWN ? "Unknown resource type " + asked : "Unsupported resource type " + this;
        return name + ": expected TOPIC (" + TOPIC.id + "), BROKER (" + BROKER.id + ") or GROUP (" + GROUP.id + ").";
    }
}
