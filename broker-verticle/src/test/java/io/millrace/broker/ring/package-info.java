/** The ring with real threads and a real disk: what a simulation on one thread cannot show. */
@NullMarked
package io.millrace.broker.ring;

import org.jspecify.annotations.NullMarked;
