package io.millrace.wire.record;

/** Who set the timestamps of a batch: Kafka's {@code message.timestamp.type}, and bit 3 of the attributes. */
public enum TimestampType {
    /** Every record carries the time its producer gave it. */
    CREATE_TIME("CreateTime"),
    /** Every record has the batch's max timestamp, which the broker set when it appended. */
    LOG_APPEND_TIME("LogAppendTime");

    private final String configName;

    TimestampType(String configName) {
        this.configName = configName;
    }

    /** The value of {@code message.timestamp.type}. */
    public String configName() {
        return configName;
    }
}
