/**
 * What the cluster has decided: immutable values, and the interface of the log that decides. Beside the path; values are
 * shared by all threads, decisions run on the log's own thread.
 */
@NullMarked
package io.millrace.cluster;

import org.jspecify.annotations.NullMarked;
