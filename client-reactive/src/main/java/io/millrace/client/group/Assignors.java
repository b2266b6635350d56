package io.millrace.client.group;

import java.util.List;

/** The assignors of Kafka's consumers, under their names. */
public final class Assignors {

    /** A range of neighbours of each topic: partitions of the same number go to the same member, which may join them. */
    public static final PartitionAssignor RANGE = new RangeAssignor();

    /** All partitions of all topics in turn. */
    public static final PartitionAssignor ROUND_ROBIN = new RoundRobinAssignor();

    /** As even as can be, with as few moves as can be; everything stops meanwhile. */
    public static final PartitionAssignor STICKY = new StickyAssignor(false);

    /** The same, where only what moves stops. */
    public static final PartitionAssignor COOPERATIVE_STICKY = new StickyAssignor(true);

    private static final List<PartitionAssignor> ALL = List.of(RANGE, ROUND_ROBIN, STICKY, COOPERATIVE_STICKY);

    private Assignors() {}

    /** @throws IllegalArgumentException if there is none of this name; the text says which there are */
    public static PartitionAssignor named(String name) {
        return ALL.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no assignor '" + name + "', but "
                        + ALL.stream().map(PartitionAssignor::name).toList()));
    }
}
