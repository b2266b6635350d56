package io.millrace.broker.storage;

/**
 * Resolved configuration of one partition's log: Kafka's topic keys, with broker defaults filled in, and our durability.
 * Values are valid: whoever parses them checks them. Limits of -1 mean none.
 *
 * @param segmentBytes {@code segment.bytes}: a segment does not grow past it
 * @param segmentMs {@code segment.ms}: a segment is closed when its first record is older than this
 * @param segmentJitterMs {@code segment.jitter.ms}: up to this much is taken off segmentMs, so that partitions roll apart
 * @param segmentIndexBytes {@code segment.index.bytes}: a segment is closed when an index would pass it
 * @param indexIntervalBytes {@code index.interval.bytes}: one index entry per this many bytes of log
 * @param retentionMs {@code retention.ms}, -1 for none
 * @param retentionBytes {@code retention.bytes}, -1 for none
 * @param deletes old records are removed: {@code cleanup.policy} lists that
 * @param compacts the newest record of each key is kept: {@code cleanup.policy} lists that
 * @param compaction how, if it does
 * @param fileDeleteDelayMs {@code file.delete.delay.ms}: how long a removed segment stays on disk at least
 * @param maxMessageBytes {@code max.message.bytes}: largest batch
 * @param logAppendTime {@code message.timestamp.type} is {@code LogAppendTime}
 * @param timestampBeforeMaxMs {@code message.timestamp.before.max.ms}
 * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}
 * @param compressionType {@code compression.type}, in lower case
 * @param compressionLevel {@code compression.<type>.level} of that type; without meaning for the others
 * @param flushMessages {@code flush.messages}: with {@link Durability#OS}, sync after this many records
 * @param flushMs {@code flush.ms}: with {@link Durability#OS}, sync a record no later than this
 * @param minInsyncReplicas {@code min.insync.replicas}
 * @param producerIdExpirationMs {@code producer.id.expiration.ms}: a silent producer is forgotten after this
 * @param durability {@code durability}
 */
public record LogConfig(
        int segmentBytes,
        long segmentMs,
        long segmentJitterMs,
        int segmentIndexBytes,
        int indexIntervalBytes,
        long retentionMs,
        long retentionBytes,
        boolean deletes,
        boolean compacts,
        CompactionConfig compaction,
        long fileDeleteDelayMs,
        int maxMessageBytes,
        boolean logAppendTime,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        String compressionType,
        int compressionLevel,
        long flushMessages,
        long flushMs,
        int minInsyncReplicas,
        int producerIdExpirationMs,
        Durability durability) {

    /** No batch is unpacked beyond this, whoever reads it. */
    public static final long UNPACKED_BYTES_MAX = 256L << 20;

    /** A batch may unpack to this times {@code max.message.bytes}, or to the floor below: more is a bomb. */
    private static final int UNPACKED_FACTOR_MAX = 100;

    private static final long UNPACKED_BYTES_FLOOR = 16 << 20;

    private static final LogConfig DEFAULTS = new LogConfig(
            1 << 30,
            7L * 24 * 60 * 60 * 1000,
            0,
            10 << 20,
            4096,
            7L * 24 * 60 * 60 * 1000,
            -1,
            true,
            false,
            CompactionConfig.DEFAULT,
            60_000,
            1_048_588,
            false,
            Long.MAX_VALUE,
            3_600_000,
            "producer",
            0,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            1,
            86_400_000,
            Durability.JOURNAL);

    /** What a batch may unpack to where a produce request has it unpacked: the log's readers must be able to, later. */
    public long unpackedBytesMax() {
        return Math.min(
                UNPACKED_BYTES_MAX, Math.max(UNPACKED_BYTES_FLOOR, (long) UNPACKED_FACTOR_MAX * maxMessageBytes));
    }

    /** Kafka's defaults, with journal durability. */
    public static LogConfig defaults() {
        return DEFAULTS;
    }

    /** A builder that starts from these values. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Changes some values of a configuration. */
    public static final class Builder {
        private int segmentBytes;
        private long segmentMs;
        private long segmentJitterMs;
        private int segmentIndexBytes;
        private int indexIntervalBytes;
        private long retentionMs;
        private long retentionBytes;
        private boolean deletes;
        private boolean compacts;
        private CompactionConfig compaction;
        private long fileDeleteDelayMs;
        private int maxMessageBytes;
        private boolean logAppendTime;
        private long timestampBeforeMaxMs;
        private long timestampAfterMaxMs;
        private String compressionType;
        private int compressionLevel;
        private long flushMessages;
        private long flushMs;
        private int minInsyncReplicas;
        private int producerIdExpirationMs;
        private Durability durability;

        private Builder(LogConfig from) {
            segmentBytes = from.segmentBytes;
            segmentMs = from.segmentMs;
            segmentJitterMs = from.segmentJitterMs;
            segmentIndexBytes = from.segmentIndexBytes;
            indexIntervalBytes = from.indexIntervalBytes;
            retentionMs = from.retentionMs;
            retentionBytes = from.retentionBytes;
            deletes = from.deletes;
            compacts = from.compacts;
            compaction = from.compaction;
            fileDeleteDelayMs = from.fileDeleteDelayMs;
            maxMessageBytes = from.maxMessageBytes;
            logAppendTime = from.logAppendTime;
            timestampBeforeMaxMs = from.timestampBeforeMaxMs;
            timestampAfterMaxMs = from.timestampAfterMaxMs;
            compressionType = from.compressionType;
            compressionLevel = from.compressionLevel;
            flushMessages = from.flushMessages;
            flushMs = from.flushMs;
            minInsyncReplicas = from.minInsyncReplicas;
            producerIdExpirationMs = from.producerIdExpirationMs;
            durability = from.durability;
        }

        public Builder segmentBytes(int value) {
            segmentBytes = value;
            return this;
        }

        public Builder segmentMs(long value) {
            segmentMs = value;
            return this;
        }

        public Builder segmentJitterMs(long value) {
            segmentJitterMs = value;
            return this;
        }

        public Builder segmentIndexBytes(int value) {
            segmentIndexBytes = value;
            return this;
        }

        public Builder indexIntervalBytes(int value) {
            indexIntervalBytes = value;
            return this;
        }

        public Builder retentionMs(long value) {
            retentionMs = value;
            return this;
        }

        public Builder retentionBytes(long value) {
            retentionBytes = value;
            return this;
        }

        public Builder deletes(boolean value) {
            deletes = value;
            return this;
        }

        public Builder compacts(boolean value) {
            compacts = value;
            return this;
        }

        public Builder compaction(CompactionConfig value) {
            compaction = value;
            return this;
        }

        public Builder fileDeleteDelayMs(long value) {
            fileDeleteDelayMs = value;
            return this;
        }

        public Builder maxMessageBytes(int value) {
            maxMessageBytes = value;
            return this;
        }

        public Builder logAppendTime(boolean value) {
            logAppendTime = value;
            return this;
        }

        public Builder timestampBeforeMaxMs(long value) {
            timestampBeforeMaxMs = value;
            return this;
        }

        public Builder timestampAfterMaxMs(long value) {
            timestampAfterMaxMs = value;
            return this;
        }

        public Builder compressionType(String value) {
            compressionType = value;
            return this;
        }

        public Builder compressionLevel(int value) {
            compressionLevel = value;
            return this;
        }

        public Builder flushMessages(long value) {
            flushMessages = value;
            return this;
        }

        public Builder flushMs(long value) {
            flushMs = value;
            return this;
        }

        public Builder minInsyncReplicas(int value) {
            minInsyncReplicas = value;
            return this;
        }

        public Builder producerIdExpirationMs(int value) {
            producerIdExpirationMs = value;
            return this;
        }

        public Builder durability(Durability value) {
            durability = value;
            return this;
        }

        public LogConfig build() {
            return new LogConfig(
                    segmentBytes,
                    segmentMs,
                    segmentJitterMs,
                    segmentIndexBytes,
                    indexIntervalBytes,
                    retentionMs,
                    retentionBytes,
                    deletes,
                    compacts,
                    compaction,
                    fileDeleteDelayMs,
                    maxMessageBytes,
                    logAppendTime,
                    timestampBeforeMaxMs,
                    timestampAfterMaxMs,
                    compressionType,
                    compressionLevel,
                    flushMessages,
                    flushMs,
                    minInsyncReplicas,
                    producerIdExpirationMs,
                    durability);
        }
    }
}
