/** What the cluster has decided: immutable images of brokers, topics and configs, and the log that changes them. */
@NullMarked
package io.millrace.cluster;

import org.jspecify.annotations.NullMarked;
