/**
 * Signs of life that are taken on any event loop. The only thing about groups that several threads touch: what they decide by
 * does not change while it is open, and all that they change is a time.
 */
@NullMarked
package io.millrace.broker.group.pulse;

import org.jspecify.annotations.NullMarked;
