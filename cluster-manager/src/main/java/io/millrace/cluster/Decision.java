package io.millrace.cluster;

import java.util.List;

/**
 * What a {@link Decider} concluded: the answer for whoever asked, and the facts to commit first. All of the records
 * become durable and visible together, or none.
 *
 * @param result handed to the submitter once the records are committed
 * @param records may be empty: then the decision is only an answer
 */
public record Decision<T>(T result, List<MetadataRecord> records) {
    public Decision {
        records = List.copyOf(records);
    }

    /** A decision that changes nothing. */
    public static <T> Decision<T> unchanged(T result) {
        return new Decision<>(result, List.of());
    }
}
