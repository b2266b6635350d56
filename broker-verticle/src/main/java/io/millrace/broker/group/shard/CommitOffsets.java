package io.millrace.broker.group.shard;

import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.CommittedOffset;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.OffsetRecord;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.OffsetCommitRequest;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A member, or somebody who assigns partitions without a group, says how far it has come. */
public final class CommitOffsets implements Operation {

    /** From here on clients know GROUP_ID_NOT_FOUND from commits (KIP-848). */
    private static final int FIRST_VERSION_WITH_GROUP_NOT_FOUND = 9;

    private static final long RETENTION_OF_BROKER = -1;

    /** An offset for a partition that exists, and the place of its answer. */
    public record Item(
            String topic, UUID topicId, OffsetCommitRequestPartition commit, OffsetCommitResponsePartition answer) {}

    private final OffsetCommitRequest request;
    private final short version;
    private final List<Item> items;
    private final int metadataMax;
    private final Runnable reply;

    /**
     * @param items the answers are filled in
     * @param metadataMax characters of metadata that are kept
     * @param reply runs when all answers are filled in
     */
    public CommitOffsets(
            OffsetCommitRequest request, short version, List<Item> items, int metadataMax, Runnable reply) {
        this.request = request;
        this.version = version;
        this.items = List.copyOf(items);
        this.metadataMax = metadataMax;
        this.reply = reply;
    }

    @Override
    public String groupId() {
        return request.groupId();
    }

    @Override
    public boolean isCommit() {
        return true;
    }

    @Override
    public Decision decide(Group group, Moment now) {
        ErrorCode error = check(group, now);
        if (error != ErrorCode.NONE) {
            refuse(error);
            return Decision.DONE;
        }
        List<GroupRecord> records = new ArrayList<>(items.size());
        List<Item> written = new ArrayList<>(items.size());
        for (Item each : items) {
            String metadata = each.commit().committedMetadata();
            ErrorCode outdated = checkPartition(group, each);
            if (metadata != null && metadata.length() > metadataMax) {
                each.answer().errorCode(ErrorCode.OFFSET_METADATA_TOO_LARGE.code());
            } else if (outdated != ErrorCode.NONE) {
                each.answer().errorCode(outdated.code());
            } else {
                records.add(record(each, metadata == null ? "" : metadata, now));
                written.add(each);
            }
        }
        if (records.isEmpty()) {
            reply.run();
            return Decision.DONE;
        }
        return new Decision(records, at -> reply.run(), (failure, at) -> {
            written.forEach(each -> each.answer().errorCode(failure.code()));
            reply.run();
        });
    }

    /** A member that has missed an epoch may commit for what it has had since before. */
    private ErrorCode checkPartition(Group group, Item item) {
        ConsumerGroup consumers = group.consumers();
        return consumers == null
                ? ErrorCode.NONE
                : consumers
                        .offsetRights()
                        .checkPartition(
                                request.memberId(),
                                request.generationIdOrMemberEpoch(),
                                item.topicId(),
                                item.commit().partitionIndex());
    }

    private ErrorCode check(Group group, Moment now) {
        int generation = request.generationIdOrMemberEpoch();
        ConsumerGroup consumers = group.consumers();
        if (consumers != null) {
            return consumers.offsetRights().checkCommit(request.memberId(), generation, version);
        }
        if (!group.exists() && generation >= 0) {
            return version < FIRST_VERSION_WITH_GROUP_NOT_FOUND
                    ? ErrorCode.ILLEGAL_GENERATION
                    : ErrorCode.GROUP_ID_NOT_FOUND;
        }
        return group.members().checkCommit(request.memberId(), request.groupInstanceId(), generation, now);
    }

    private OffsetRecord record(Item item, String metadata, Moment now) {
        long retentionMs = request.retentionTimeMs();
        long expireMs = retentionMs == RETENTION_OF_BROKER ? CommittedOffset.NO_EXPIRY : now.wallMs() + retentionMs;
        OffsetCommitRequestPartition commit = item.commit();
        return new OffsetRecord(
                groupId(),
                item.topic(),
                commit.partitionIndex(),
                new CommittedOffset(
                        commit.committedOffset(),
                        commit.committedLeaderEpoch(),
                        metadata,
                        now.wallMs(),
                        expireMs,
                        item.topicId()));
    }

    @Override
    public void refuse(ErrorCode error) {
        items.forEach(each -> each.answer().errorCode(error.code()));
        reply.run();
    }
}
