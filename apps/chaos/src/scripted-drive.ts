import type { Drive } from './run-plan.js';
import type { Scenario } from './scenario.js';
import { RigStage } from './rig-stage.js';

/** Plays a scenario. */
export function scripted(scenario: Scenario): Drive {
  return async (rig, clients, signal) => {
    const stage = new RigStage(rig, clients.of(scenario.origin ?? 'api'), signal);
    try {
      await scenario.play(stage);
    } finally {
      await stage.load.stop();
    }
    return { events: stage.load.posted, faults: stage.faults };
  };
}
