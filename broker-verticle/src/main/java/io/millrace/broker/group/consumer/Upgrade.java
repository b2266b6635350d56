package io.millrace.broker.group.consumer;

import io.millrace.broker.group.record.GroupRecord;
import io.millrace.wire.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a classic group becomes under its members.
 *
 * @param records that make it one of the next-generation protocol, empty if it cannot be
 * @param refusal what speaks against it, as whoever came with that protocol is told; null if nothing does
 */
public record Upgrade(List<GroupRecord> records, @Nullable Refusal refusal) {

    public Upgrade {
        records = List.copyOf(records);
    }

    static Upgrade refused(Refusal refusal) {
        return new Upgrade(List.of(), refusal);
    }

    /** @param reason in the words of Kafka, which tools look for */
    public static Upgrade refused(String group, String reason) {
        return refused(new Refusal(
                ErrorCode.GROUP_ID_NOT_FOUND,
                "Cannot upgrade classic group " + group + " to consumer group because " + reason + "."));
    }
}
