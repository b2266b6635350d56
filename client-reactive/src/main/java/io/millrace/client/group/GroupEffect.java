package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.ErrorCode;
import java.util.Set;
import java.util.UUID;

/** What a membership wants done, in the order in which it says so. */
public sealed interface GroupEffect {

    /** Makes a request for the version that both sides know. */
    @FunctionalInterface
    interface RequestForVersion {
        ApiMessage build(short version);
    }

    /**
     * Send this to the coordinator, and tell the membership how that ended, under the ticket.
     *
     * @param timeoutMs after which there will be no answer
     */
    record Send(long ticket, ApiKey api, RequestForVersion request, long timeoutMs) implements GroupEffect {}

    /** Whoever was the coordinator is not any more, or cannot be reached: look for it before sending again. */
    record CoordinatorMoved() implements GroupEffect {}

    /**
     * Call {@code onTopics} with these topics, among others, also with those that do not exist; and keep it up to date
     * with them.
     */
    record WantTopics(Set<String> names, Set<UUID> ids) implements GroupEffect {}

    /** From now on these are ours, besides those that were: fetch committed offsets, and read. */
    record Assigned(Set<TopicPartition> partitions) implements GroupEffect {}

    /**
     * Stop reading these, let the application finish, commit, and call {@code onRevoked}. Behind the deadline they are
     * {@link Lost}, whatever is left. One that comes before that takes the place of the one before, and names all of it again.
     */
    record Revoke(Set<TopicPartition> partitions, long deadlineMs) implements GroupEffect {}

    /** These are not ours any more, and may be somebody else's already: stop at once, and commit nothing. */
    record Lost(Set<TopicPartition> partitions) implements GroupEffect {}

    /** The membership has ended, for a reason that trying again does not mend. What was owned has been lost before. */
    record Failed(ErrorCode error, String message) implements GroupEffect {}

    /** The membership has ended because it was asked to. */
    record Left() implements GroupEffect {}
}
