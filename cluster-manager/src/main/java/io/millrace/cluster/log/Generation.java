package io.millrace.cluster.log;

import io.millrace.cluster.BrokerInfo;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.ConfigScope;
import io.millrace.cluster.MetadataRecord;
import io.millrace.cluster.MetadataRecord.BrokerRegistered;
import io.millrace.cluster.MetadataRecord.ClusterCreated;
import io.millrace.cluster.MetadataRecord.ConfigsChanged;
import io.millrace.cluster.MetadataRecord.ProducerIdsAllocated;
import io.millrace.cluster.MetadataRecord.TopicCreated;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The names of a generation's files, and the content of its snapshot. */
final class Generation {
    static final String TEMPORARY = ".tmp";

    private static final String PREFIX = "metadata-";
    private static final String LOG = ".log";
    private static final String SNAPSHOT = ".snapshot";

    /** Large enough that a frame costs nothing, small enough that none takes much memory. */
    private static final int SNAPSHOT_FRAME_BYTES = 1 << 20;

    private Generation() {}

    static String log(long version) {
        return name(version, LOG);
    }

    static String snapshot(long version) {
        return name(version, SNAPSHOT);
    }

    static boolean isOurs(String file) {
        return file.startsWith(PREFIX);
    }

    /** The highest version that has a snapshot, or 0 if none has. */
    static long newest(List<String> files) {
        return files.stream()
                .filter(file -> file.matches("metadata-[0-9]{20}\\.snapshot"))
                .mapToLong(file -> Long.parseLong(file, PREFIX.length(), file.length() - SNAPSHOT.length(), 10))
                .max()
                .orElse(0);
    }

    /** Hands the bytes of the image's snapshot to {@code to}, piece by piece. */
    static void writeSnapshot(ClusterImage image, Consumer<ByteBuffer> to) {
        to.accept(Frames.header(image.version()));
        Payload payload = new Payload(image.version());
        payload.add(fewRecords(image));
        Iterator<MetadataRecord> many = manyRecords(image).iterator();
        while (many.hasNext()) {
            payload.add(List.of(many.next()));
            if (payload.size() >= SNAPSHOT_FRAME_BYTES) {
                to.accept(Frames.frame(payload.toBytes()));
                payload = new Payload(image.version());
            }
        }
        if (!payload.isEmpty()) {
            to.accept(Frames.frame(payload.toBytes()));
        }
        to.accept(Frames.frame(new Payload(image.version()).toBytes()));
    }

    /** Those that grow with what clients create. */
    private static Stream<MetadataRecord> manyRecords(ClusterImage image) {
        return Stream.concat(
                image.topics().stream().map(TopicCreated::new),
                image.groups().stream()
                        .map(group -> new ConfigsChanged(ConfigScope.GROUP, group.id(), group.configs(), Set.of())));
    }

    private static List<MetadataRecord> fewRecords(ClusterImage image) {
        List<MetadataRecord> records = new ArrayList<>();
        records.add(new ClusterCreated(image.clusterId()));
        int lastBroker = 0;
        for (BrokerInfo broker : image.brokers().values()) {
            records.add(new BrokerRegistered(broker));
            lastBroker = broker.id();
        }
        for (Map.Entry<String, Map<String, String>> each :
                image.allBrokerConfigs().entrySet()) {
            records.add(new ConfigsChanged(ConfigScope.BROKER, each.getKey(), each.getValue(), Set.of()));
        }
        records.add(new ProducerIdsAllocated(lastBroker, image.nextProducerId()));
        return records;
    }

    private static String name(long version, String suffix) {
        return PREFIX + String.format("%020d", version) + suffix;
    }
}
