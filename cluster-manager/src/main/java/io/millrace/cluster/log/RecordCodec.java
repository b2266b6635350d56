package io.millrace.cluster.log;

import io.millrace.cluster.BrokerInfo;
import io.millrace.cluster.ConfigScope;
import io.millrace.cluster.Endpoint;
import io.millrace.cluster.MetadataRecord;
import io.millrace.cluster.MetadataRecord.BrokerRegistered;
import io.millrace.cluster.MetadataRecord.ClusterCreated;
import io.millrace.cluster.MetadataRecord.ConfigsChanged;
import io.millrace.cluster.MetadataRecord.PartitionChanged;
import io.millrace.cluster.MetadataRecord.PartitionsAdded;
import io.millrace.cluster.MetadataRecord.ProducerIdsAllocated;
import io.millrace.cluster.MetadataRecord.TopicCreated;
import io.millrace.cluster.MetadataRecord.TopicDeleted;
import io.millrace.cluster.PartitionState;
import io.millrace.cluster.TopicImage;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Metadata records as bytes: a number for the type, a number for the version of its layout, then its fields. What is new
 * gets a number of its own, and a reader refuses numbers that it does not know. So an older broker can go on with the files
 * of a newer one until something was used that it does not have.
 */
final class RecordCodec {
    private static final int LAYOUT = 0;
    private static final int CLUSTER_CREATED = 1;
    private static final int BROKER_REGISTERED = 2;
    private static final int TOPIC_CREATED = 3;
    private static final int TOPIC_DELETED = 4;
    private static final int PARTITIONS_ADDED = 5;
    private static final int PARTITION_CHANGED = 6;
    private static final int CONFIGS_CHANGED = 7;
    private static final int PRODUCER_IDS_ALLOCATED = 8;
    private static final int GROUP_CONFIGS_CHANGED = 9;

    private RecordCodec() {}

    static void write(MetadataRecord record, DataOutputStream out) throws IOException {
        if (record instanceof ClusterCreated created) {
            start(out, CLUSTER_CREATED);
            Fields.writeText(out, created.clusterId());
        } else if (record instanceof BrokerRegistered registered) {
            start(out, BROKER_REGISTERED);
            writeBroker(out, registered.broker());
        } else if (record instanceof TopicCreated created) {
            start(out, TOPIC_CREATED);
            writeTopic(out, created.topic());
        } else if (record instanceof TopicDeleted deleted) {
            start(out, TOPIC_DELETED);
            Fields.writeUuid(out, deleted.topicId());
        } else if (record instanceof PartitionsAdded added) {
            start(out, PARTITIONS_ADDED);
            Fields.writeUuid(out, added.topicId());
            Fields.writeList(out, added.added(), RecordCodec::writePartition);
        } else if (record instanceof PartitionChanged changed) {
            start(out, PARTITION_CHANGED);
            Fields.writeUuid(out, changed.topicId());
            out.writeInt(changed.partition());
            writePartition(out, changed.state());
        } else if (record instanceof ConfigsChanged changed) {
            writeConfigs(out, changed);
        } else if (record instanceof ProducerIdsAllocated allocated) {
            start(out, PRODUCER_IDS_ALLOCATED);
            out.writeInt(allocated.brokerId());
            out.writeLong(allocated.nextProducerId());
        } else {
            throw new IllegalArgumentException("no layout for " + record);
        }
    }

    static MetadataRecord read(DataInputStream in) throws IOException {
        int type = in.readUnsignedByte();
        int layout = in.readUnsignedByte();
        if (layout != LAYOUT) {
            throw new IOException("metadata record type " + type + " has the unknown layout " + layout);
        }
        return switch (type) {
            case CLUSTER_CREATED -> new ClusterCreated(Fields.readText(in));
            case BROKER_REGISTERED -> new BrokerRegistered(readBroker(in));
            case TOPIC_CREATED -> new TopicCreated(readTopic(in));
            case TOPIC_DELETED -> new TopicDeleted(Fields.readUuid(in));
            case PARTITIONS_ADDED ->
                new PartitionsAdded(Fields.readUuid(in), Fields.readList(in, RecordCodec::readPartition));
            case PARTITION_CHANGED -> new PartitionChanged(Fields.readUuid(in), in.readInt(), readPartition(in));
            case CONFIGS_CHANGED -> readConfigs(in, in.readBoolean() ? ConfigScope.TOPIC : ConfigScope.BROKER);
            case GROUP_CONFIGS_CHANGED -> readConfigs(in, ConfigScope.GROUP);
            case PRODUCER_IDS_ALLOCATED -> new ProducerIdsAllocated(in.readInt(), in.readLong());
            default -> throw new IOException("unknown metadata record type " + type);
        };
    }

    private static void start(DataOutputStream out, int type) throws IOException {
        out.writeByte(type);
        out.writeByte(LAYOUT);
    }

    private static void writeBroker(DataOutputStream out, BrokerInfo broker) throws IOException {
        out.writeInt(broker.id());
        out.writeLong(broker.incarnation());
        Fields.writeList(out, broker.endpoints(), (to, endpoint) -> {
            Fields.writeText(to, endpoint.listener());
            Fields.writeText(to, endpoint.host());
            to.writeInt(endpoint.port());
        });
        Fields.writeNullableText(out, broker.rack());
    }

    private static BrokerInfo readBroker(DataInputStream in) throws IOException {
        return new BrokerInfo(
                in.readInt(),
                in.readLong(),
                Fields.readList(in, from -> new Endpoint(Fields.readText(from), Fields.readText(from), from.readInt())),
                Fields.readNullableText(in));
    }

    private static void writeTopic(DataOutputStream out, TopicImage topic) throws IOException {
        Fields.writeText(out, topic.name());
        Fields.writeUuid(out, topic.id());
        Fields.writeList(out, topic.partitions(), RecordCodec::writePartition);
        Fields.writeTexts(out, topic.configs());
    }

    private static TopicImage readTopic(DataInputStream in) throws IOException {
        return new TopicImage(
                Fields.readText(in),
                Fields.readUuid(in),
                Fields.readList(in, RecordCodec::readPartition),
                Fields.readTexts(in));
    }

    private static void writeConfigs(DataOutputStream out, ConfigsChanged changed) throws IOException {
        if (changed.scope() == ConfigScope.GROUP) {
            start(out, GROUP_CONFIGS_CHANGED);
        } else {
            start(out, CONFIGS_CHANGED);
            out.writeBoolean(changed.scope() == ConfigScope.TOPIC);
        }
        Fields.writeText(out, changed.name());
        Fields.writeTexts(out, changed.set());
        Fields.writeList(out, List.copyOf(changed.removed()), Fields::writeText);
    }

    private static ConfigsChanged readConfigs(DataInputStream in, ConfigScope scope) throws IOException {
        return new ConfigsChanged(
                scope, Fields.readText(in), Fields.readTexts(in), Set.copyOf(Fields.readList(in, Fields::readText)));
    }

    private static void writePartition(DataOutputStream out, PartitionState state) throws IOException {
        out.writeInt(state.leader());
        out.writeInt(state.leaderEpoch());
        out.writeInt(state.partitionEpoch());
        Fields.writeList(out, state.replicas(), DataOutputStream::writeInt);
        Fields.writeList(out, state.isr(), DataOutputStream::writeInt);
    }

    private static PartitionState readPartition(DataInputStream in) throws IOException {
        return new PartitionState(
                in.readInt(),
                in.readInt(),
                in.readInt(),
                Fields.readList(in, DataInputStream::readInt),
                Fields.readList(in, DataInputStream::readInt));
    }
}
