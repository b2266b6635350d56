package io.millrace.cluster;

import java.util.List;

/** The answer of a decision that can be refused for a reason that its requester should hear. */
public sealed interface Outcome<T> {
    /** It was decided as asked. */
    record Accepted<T>(T value) implements Outcome<T> {}

    /** Nothing changed. */
    record Rejected<T>(Reason reason, String message) implements Outcome<T> {}

    /** Why a request was refused; the names are those of Kafka's error codes. */
    enum Reason {
        INVALID_TOPIC_EXCEPTION,
        TOPIC_ALREADY_EXISTS,
        UNKNOWN_TOPIC_OR_PARTITION,
        UNKNOWN_TOPIC_ID,
        INVALID_PARTITIONS,
        INVALID_REPLICATION_FACTOR,
        INVALID_REPLICA_ASSIGNMENT,
        INVALID_CONFIG,
        INVALID_REQUEST,
        POLICY_VIOLATION
    }

    /** A decision that commits {@code records} and then answers {@code value}. */
    static <T> Decision<Outcome<T>> accept(T value, List<MetadataRecord> records) {
        return new Decision<>(new Accepted<>(value), records);
    }

    /** A decision that changes nothing and answers why. */
    static <T> Decision<Outcome<T>> reject(Reason reason, String message) {
        return Decision.unchanged(new Rejected<>(reason, message));
    }
}
