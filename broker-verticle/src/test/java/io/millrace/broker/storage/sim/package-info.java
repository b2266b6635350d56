/**
 * Storage under a simulated disk: one thread, one seed, power cuts at any operation. A failing seed is the whole report:
 * run the same test with {@code -Dseed=<seed>}.
 */
@NullMarked
package io.millrace.broker.storage.sim;

import org.jspecify.annotations.NullMarked;
