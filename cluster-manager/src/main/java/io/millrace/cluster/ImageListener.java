package io.millrace.cluster;

import java.util.List;

/**
 * Told of every committed decision, in order, on the log's own thread and before the submitter's future completes.
 * Decisions that became durable with one sync come in one call, so that what follows from them can share its cost as
 * well. It may block, at the price of every later decision. What it throws is logged and changes nothing.
 */
@FunctionalInterface
public interface ImageListener {
    void onImage(ClusterImage before, ClusterImage after, List<MetadataRecord> committed);
}
